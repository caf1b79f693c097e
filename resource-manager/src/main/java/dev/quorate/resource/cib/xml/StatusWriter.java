package dev.quorate.resource.cib.xml;

import dev.quorate.resource.cib.AttributeBlock;
import dev.quorate.resource.cib.CibStatus;
import dev.quorate.resource.cib.CibStatus.HistoryEntry;
import dev.quorate.resource.cib.CibStatus.NodeState;
import dev.quorate.resource.cib.CibStatus.ResourceHistory;
import dev.quorate.resource.cib.Element;
import java.util.Optional;

/// Makes elements of what was seen of the cluster.
final class StatusWriter {
  private StatusWriter() {}

  static Element status(CibStatus status) {
    return new Made("status")
        .children(BlockWriter.each(status.nodes(), StatusWriter::node))
        .childIfAny(
            new Made("tickets")
                .children(
                    BlockWriter.each(
                        status.tickets(),
                        ticket ->
                            new Made("ticket_state")
                                .with(ticket.attributes())
                                .with("id", ticket.id())
                                .element())))
        .element();
  }

  private static Element node(NodeState node) {
    return new Made("node_state")
        .with(node.attributes())
        .with("id", node.id())
        .with("uname", node.name())
        .childIfAny(
            new Made("transient_attributes")
                .with("id", node.id())
                .children(
                    BlockWriter.each(
                        node.transientAttributes(), block -> block("instance_attributes", block)))
                .children(
                    BlockWriter.each(
                        node.transientUtilization(), block -> block("utilization", block))))
        .childIfAny(
            new Made("lrm")
                .with("id", node.id())
                .childIfAny(
                    new Made("lrm_resources")
                        .children(BlockWriter.each(node.history(), StatusWriter::resource))))
        .element();
  }

  private static Element block(String name, AttributeBlock block) {
    Made made = new Made(name).with("id", block.id());
    if (block.score() != 0) {
      made.withScore("score", Optional.of(block.score()));
    }
    return made.children(
            BlockWriter.each(block.entries(), entry -> BlockWriter.pair(entry.id(), entry)))
        .element();
  }

  private static Element resource(ResourceHistory history) {
    return new Made("lrm_resource")
        .with(history.attributes())
        .with("id", history.id())
        .children(BlockWriter.each(history.entries(), StatusWriter::entry))
        .element();
  }

  private static Element entry(HistoryEntry entry) {
    return new Made("lrm_rsc_op")
        .with(entry.attributes())
        .with("id", entry.id())
        .with("operation", entry.operation())
        .with("interval", String.valueOf(entry.intervalMillis()))
        .with("op-status", String.valueOf(entry.operationStatus()))
        .with("rc-code", String.valueOf(entry.exitCode()))
        .with("call-id", String.valueOf(entry.callId()))
        .with("transition-key", entry.transitionKey())
        .with(
            "last-rc-change",
            entry.lastChangeSeconds() == 0 ? "" : String.valueOf(entry.lastChangeSeconds()))
        .element();
  }
}
