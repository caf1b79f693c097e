package dev.quorate.resource.cib.xml;

import dev.quorate.resource.cib.AttributeBlock;
import dev.quorate.resource.cib.AttributeBlock.Entry;
import dev.quorate.resource.cib.CibStatus;
import dev.quorate.resource.cib.CibStatus.NodeState;
import dev.quorate.resource.cib.CibStatus.ResourceHistory;
import dev.quorate.resource.cib.CibStatus.TicketState;
import dev.quorate.resource.cib.Element;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// Reads what was seen of the cluster. Nothing in it needs to be unique.
final class StatusReader {
  private final Problems problems;

  /// For each list of resources, in the order of the document.
  private final Iterator<List<ResourceHistory>> histories;

  /// @param histories what stood in the lists of resources, which are empty in the element
  StatusReader(Problems problems, List<List<ResourceHistory>> histories) {
    this.problems = problems;
    this.histories = histories.iterator();
  }

  CibStatus read(Element element) {
    Fields fields = new Fields(element, problems);
    List<NodeState> nodes = new ArrayList<>();
    fields.children("node_state").forEach(child -> nodes.add(node(child)));
    List<TicketState> tickets = new ArrayList<>();
    for (Element list : fields.children("tickets")) {
      Fields inner = new Fields(list, problems);
      inner.children("ticket_state").forEach(child -> tickets.add(ticket(child)));
      inner.done();
    }
    fields.done();
    return new CibStatus(nodes, tickets);
  }

  private TicketState ticket(Element element) {
    Fields fields = new Fields(element, problems);
    TicketState ticket = new TicketState(fields.id(), fields.rest());
    fields.done();
    return ticket;
  }

  private NodeState node(Element element) {
    Fields fields = new Fields(element, problems);
    String id = fields.text("id");
    String name = fields.text("uname");
    if (id.isEmpty() && name.isEmpty()) {
      problems.refuse(element, "this node_state needs an id or a name");
    }
    SortedMap<String, String> rest = fields.rest();
    List<AttributeBlock> attributes = new ArrayList<>();
    List<AttributeBlock> utilization = new ArrayList<>();
    for (Element list : fields.children("transient_attributes")) {
      Fields inner = new Fields(list, problems);
      inner.skip("id");
      inner.children("instance_attributes").forEach(child -> attributes.add(block(child)));
      inner.children("utilization").forEach(child -> utilization.add(block(child)));
      inner.done();
    }
    List<ResourceHistory> history = new ArrayList<>();
    for (Element lrm : fields.children("lrm")) {
      Fields outer = new Fields(lrm, problems);
      outer.skip("id", "uname");
      for (Element list : outer.children("lrm_resources")) {
        Fields inner = new Fields(list, problems);
        inner.skip("id");
        history.addAll(histories.next());
        inner.done();
      }
      outer.done();
    }
    fields.done();
    return new NodeState(id, name, rest, attributes, utilization, history);
  }

  private AttributeBlock block(Element element) {
    Fields fields = new Fields(element, problems);
    List<Entry> entries = new ArrayList<>();
    for (Element child : fields.children("nvpair")) {
      Fields entry = new Fields(child, problems);
      entries.add(new Entry(entry.text("id"), entry.required("name"), entry.text("value")));
      entry.done();
    }
    AttributeBlock block =
        new AttributeBlock(
            fields.text("id"), false, fields.score("score").orElse(0), Optional.empty(), entries);
    fields.done();
    return block;
  }
}
