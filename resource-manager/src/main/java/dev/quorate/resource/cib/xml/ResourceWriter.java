package dev.quorate.resource.cib.xml;

import dev.quorate.resource.cib.AttributeBlock;
import dev.quorate.resource.cib.Element;
import dev.quorate.resource.cib.ResourceElement;
import dev.quorate.resource.cib.ResourceElement.Operation;
import java.util.List;

/// Makes elements of resources and templates.
final class ResourceWriter {
  private final BlockWriter blocks;

  ResourceWriter(BlockWriter blocks) {
    this.blocks = blocks;
  }

  Element resource(ResourceElement resource) {
    return switch (resource) {
      case ResourceElement.Primitive primitive ->
          agent(
              new Made("primitive")
                  .with("id", primitive.id())
                  .with("class", primitive.agentClass())
                  .with("provider", primitive.provider())
                  .with("type", primitive.type())
                  .with("template", primitive.template())
                  .with("description", primitive.description()),
              primitive,
              primitive.utilization(),
              primitive.operations());
      case ResourceElement.Template template ->
          agent(
              new Made("template")
                  .with("id", template.id())
                  .with("class", template.agentClass())
                  .with("provider", template.provider())
                  .with("type", template.type())
                  .with("description", template.description()),
              template,
              template.utilization(),
              template.operations());
      case ResourceElement.Group group ->
          options(
                  new Made("group").with("id", group.id()).with("description", group.description()),
                  group)
              .children(BlockWriter.each(group.members(), this::resource))
              .element();
      case ResourceElement.Clone clone ->
          options(
                  new Made(clone.promotable() ? "master" : "clone")
                      .with("id", clone.id())
                      .with("description", clone.description()),
                  clone)
              .child(resource(clone.child()))
              .element();
      case ResourceElement.Bundle bundle -> blocks.verbatim(bundle.element());
    };
  }

  private Element agent(
      Made made,
      ResourceElement resource,
      List<AttributeBlock> utilization,
      List<Operation> operations) {
    return options(made, resource)
        .children(blocks.blocks("utilization", utilization))
        .childIfAny(new Made("operations").children(BlockWriter.each(operations, this::operation)))
        .element();
  }

  private Made options(Made made, ResourceElement resource) {
    return made.children(blocks.blocks("meta_attributes", resource.meta()))
        .children(blocks.blocks("instance_attributes", resource.parameters()));
  }

  private Element operation(Operation operation) {
    return blocks.once(
        "op",
        operation.id(),
        () ->
            new Made("op")
                .with(operation.attributes())
                .with("id", operation.id())
                .with("name", operation.name())
                .with("interval", BlockWriter.interval(operation.intervalMillis()))
                .children(blocks.blocks("meta_attributes", operation.meta()))
                .children(blocks.blocks("instance_attributes", operation.parameters()))
                .element());
  }
}
