package dev.quorate.differential;

import dev.quorate.resource.cib.xml.CibWriter;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.w3c.dom.Document;

/// A made-up cluster to which things were done that [RandomCluster] leaves out: options, templates,
/// tags, rules, sets, odd histories.
///
/// @param features which kinds of things
record Wide(String xml, Instant now, List<String> features) {
  private static final int MOST = 5;

  Wide {
    features = List.copyOf(features);
  }

  /// The cluster of a seed.
  static Wide of(long seed) throws IOException {
    Dice dice = new Dice(seed * 7_919 + 13);
    RandomCluster plain = RandomCluster.of(seed + 1_000_000);
    Document document = Xml.parse(CibWriter.write(plain.cib()));
    WideDocument wide = new WideDocument(document, dice);
    List<WideTwist> twists = new ArrayList<>();
    twists.addAll(WideOptions.TWISTS);
    twists.addAll(WideResources.TWISTS);
    twists.addAll(WideConstraints.TWISTS);
    twists.addAll(WideStatus.TWISTS);
    List<String> features = new ArrayList<>();
    for (int i = dice.between(2, MOST); i > 0; i--) {
      WideTwist twist = dice.of(twists);
      twist.change().accept(wide);
      features.add(twist.name());
    }
    document.getDocumentElement().setAttribute("validate-with", "none");
    return new Wide(Xml.text(document), plain.now(), features);
  }
}
