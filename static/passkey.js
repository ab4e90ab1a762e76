// Passkeys: the browser is asked what the server asks, and the form carries the answer.

const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const listed = (credentials) => credentials?.map((each) => ({ ...each, id: toBytes(each.id) }));

function asked({ publicKey }) {
  const options = { ...publicKey, challenge: toBytes(publicKey.challenge) };
  if (options.user) options.user = { ...options.user, id: toBytes(options.user.id) };
  for (const name of ["allowCredentials", "excludeCredentials"]) {
    if (options[name]) options[name] = listed(options[name]);
  }
  return { publicKey: options };
}

function answered(credential) {
  const { response } = credential;
  const answer = { clientDataJSON: toText(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) answer[name] = toText(response[name]);
  }
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response: answer,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

export function withPasskey(place) {
  if (!window.PublicKeyCredential) return;
  const status = place.querySelector("[data-failed]");
  const form = place.closest("form");
  const field = form.querySelector("input[name$='passkey']");
  place.hidden = false;
  place.querySelector("button").addEventListener("click", async () => {
    status.textContent = "";
    const options = asked(JSON.parse(place.dataset.passkey));
    try {
      const made = place.dataset.passkeyMakes
        ? await navigator.credentials.create(options)
        : await navigator.credentials.get(options);
      field.value = JSON.stringify(answered(made));
    } catch {
      status.textContent = status.dataset.failed;
      return;
    }
    form.submit();
  });
}
