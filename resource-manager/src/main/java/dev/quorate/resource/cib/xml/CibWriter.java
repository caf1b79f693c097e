package dev.quorate.resource.cib.xml;

import dev.quorate.resource.cib.Cib;
import dev.quorate.resource.cib.CibConfiguration;
import dev.quorate.resource.cib.CibConfiguration.FencingLevel;
import dev.quorate.resource.cib.CibConfiguration.Tag;
import dev.quorate.resource.cib.CibNode;
import dev.quorate.resource.cib.Element;
import java.util.Optional;

/// Writes documents: equal ones alike, and so that reading gives back what was written.
public final class CibWriter {
  private final BlockWriter blocks = new BlockWriter();

  private CibWriter() {}

  /// The document in text, to be stored in UTF-8.
  ///
  /// @throws IllegalArgumentException if something in it holds a character that XML cannot
  public static String write(Cib cib) {
    return ElementWriter.write(
        new Made("cib")
            .with(cib.attributes())
            .child(new CibWriter().configuration(cib.configuration()))
            .child(StatusWriter.status(cib.status()))
            .element());
  }

  private Element configuration(CibConfiguration configuration) {
    ResourceWriter resources = new ResourceWriter(blocks);
    ConstraintWriter constraints = new ConstraintWriter(blocks);
    Made made =
        new Made("configuration")
            .child(
                new Made("crm_config")
                    .children(blocks.blocks("cluster_property_set", configuration.properties()))
                    .element())
            .child(
                new Made("nodes")
                    .children(BlockWriter.each(configuration.nodes(), this::node))
                    .element())
            .child(
                new Made("resources")
                    .children(BlockWriter.each(configuration.templates(), resources::resource))
                    .children(BlockWriter.each(configuration.resources(), resources::resource))
                    .element())
            .child(
                new Made("constraints")
                    .children(
                        BlockWriter.each(configuration.constraints(), constraints::constraint))
                    .element())
            .childIfAny(
                new Made("rsc_defaults")
                    .children(blocks.blocks("meta_attributes", configuration.resourceDefaults())))
            .childIfAny(
                new Made("op_defaults")
                    .children(blocks.blocks("meta_attributes", configuration.operationDefaults())))
            .childIfAny(
                new Made("fencing-topology")
                    .children(BlockWriter.each(configuration.fencingLevels(), CibWriter::level)))
            .childIfAny(
                new Made("tags").children(BlockWriter.each(configuration.tags(), CibWriter::tag)));
    return made.children(configuration.kept()).element();
  }

  private Element node(CibNode node) {
    Made made =
        new Made("node").with("id", node.id()).with("uname", node.name()).with("type", node.type());
    if (node.score() != 0) {
      made.withScore("score", Optional.of(node.score()));
    }
    return made.children(blocks.blocks("instance_attributes", node.attributes()))
        .children(blocks.blocks("utilization", node.utilization()))
        .element();
  }

  private static Element tag(Tag tag) {
    return new Made("tag")
        .with("id", tag.id())
        .children(
            BlockWriter.each(tag.references(), id -> new Made("obj_ref").with("id", id).element()))
        .element();
  }

  private static Element level(FencingLevel level) {
    return new Made("fencing-level")
        .with("id", level.id())
        .with(level.kind(), level.target())
        .with("target-value", level.targetValue())
        .with("index", String.valueOf(level.index()))
        .with("devices", String.join(",", level.devices()))
        .element();
  }
}
