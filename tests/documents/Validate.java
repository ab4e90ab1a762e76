// The veraPDF engine, asked about each file: "<file> <profile> <true|false>" and why not.

import java.io.FileInputStream;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.flavours.PDFAFlavour;

public class Validate {
    public static void main(String[] files) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (String file : files) {
            for (String profile : new String[] {"2a", "ua1"}) {
                PDFAFlavour flavour = PDFAFlavour.byFlavourId(profile);
                try (var parser = Foundries.defaultInstance().createParser(new FileInputStream(file), flavour);
                        var validator = Foundries.defaultInstance().createValidator(flavour, false)) {
                    var result = validator.validate(parser);
                    System.out.println(file + " " + profile + " " + result.isCompliant());
                    result.getTestAssertions().stream().limit(5).forEach(it -> System.out.println(
                            "  " + it.getRuleId().getClause() + " " + it.getErrorMessage()));
                }
            }
        }
    }
}
