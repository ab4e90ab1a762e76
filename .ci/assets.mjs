// Builds static/build/ from static/, the theme and Designsystemet. Does nothing when nothing changed.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => join(root, ...parts);
const built = at("static", "build");
const stamp = join(built, ".stamp");
const theme = at(".ci", "assets.theme.json");

// WeasyPrint draws wrong glyphs from split font files, so letters use the whole ones.
const LETTER_FONTS = [
  "web/Inter-Regular.woff2",
  "web/Inter-Italic.woff2",
  "web/Inter-SemiBold.woff2",
  "web/Inter-Bold.woff2",
];

// The second file has exactly these letters; a page with others, as in č, fetches the whole one too.
const PAGE_FONTS = [
  ["inter-ui/variable/InterVariable.woff2", "U+0-10FFFF"],
  [
    "inter-ui/variable-latin/InterVariable-subset.woff2",
    "U+20-7E, U+A0-AC, U+AE-FF, U+131, U+152-153, U+2BB-2BC, U+2C6, U+2DA, U+2DC, U+2000-200B, " +
      "U+2010-2027, U+202F-2055, U+2057, U+205F, U+2074, U+20AC, U+2122, U+2191, U+2193, U+2212",
  ],
];

const fontFace = ([file, range]) => `@font-face {
  font-family: Inter;
  font-weight: 100 900;
  font-display: swap;
  src: url(${JSON.stringify(file)}) format("woff2");
  unicode-range: ${range};
}`;

function fingerprint() {
  const sources = readdirSync(at("static"), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => at("static", entry.name))
    .sort();
  const hash = createHash("sha256");
  for (const path of [...sources, theme, at(".ci", "assets.mjs"), at("package-lock.json")]) {
    hash.update(path.slice(root.length)).update(readFileSync(path));
  }
  return hash.digest("hex");
}

function buildTheme(folder) {
  const cli = at("node_modules", "@digdir", "designsystemet", "dist", "bin", "designsystemet.js");
  const run = (...args) => execFileSync(process.execPath, [cli, "tokens", ...args], { cwd: folder });
  run("create", "--config", theme, "--out-dir", join(folder, "tokens"));
  run("build", "--tokens", join(folder, "tokens"), "--out-dir", join(folder, "theme"));
  return join(folder, "theme", "tibir.css");
}

// A brace too few only makes esbuild warn, and browsers drop all that follows it.
async function build(options) {
  const esbuild = await import("esbuild");
  const { warnings } = await esbuild.build(options);
  if (warnings.length > 0) {
    throw new Error(`${warnings.length} warnings from esbuild: see above.`);
  }
}

async function bundle(themeFile, folder) {
  const shared = { bundle: true, minify: true, legalComments: "none", logLevel: "warning" };
  const target = ["chrome111", "firefox121", "safari16.4"];
  const styles = [themeFile, "@digdir/designsystemet-css", at("static", "tibir.css")];
  const css = styles.map((path) => `@import ${JSON.stringify(path)};`).concat(PAGE_FONTS.map(fontFace));
  const scripts = ["@digdir/designsystemet-web/ds-error-summary", at("static", "tibir.js")];
  const js = scripts.map((path) => `import ${JSON.stringify(path)};`);
  await build({
    ...shared,
    target,
    stdin: { contents: css.join("\n"), loader: "css", resolveDir: root },
    loader: { ".woff2": "file" },
    assetNames: "fonts/[name]",
    outfile: join(folder, "tibir.css"),
  });
  await build({
    ...shared,
    target,
    format: "iife",
    stdin: { contents: js.join("\n"), resolveDir: root },
    outfile: join(folder, "tibir.js"),
  });
}

function copyFonts(folder) {
  mkdirSync(join(folder, "fonts"), { recursive: true });
  for (const font of LETTER_FONTS) {
    copyFileSync(at("node_modules", "inter-ui", font), join(folder, "fonts", font.split("/").pop()));
  }
}

const print = fingerprint();
if (existsSync(stamp) && readFileSync(stamp, "utf8") === print) {
  process.exit(0);
}
// Built beside and moved in whole, so that a server never reads half a file.
const work = mkdtempSync(at("static", ".build-"));
try {
  const out = join(work, "out");
  mkdirSync(out);
  copyFonts(out);
  await bundle(buildTheme(work), out);
  writeFileSync(join(out, ".stamp"), print);
  rmSync(built, { recursive: true, force: true });
  renameSync(out, built);
} finally {
  rmSync(work, { recursive: true, force: true });
}
