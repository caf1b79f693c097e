package dev.quorate.daemon;

import dev.quorate.agents.InstanceContext;
import dev.quorate.agents.ResourceAgent;
import dev.quorate.agents.ResourceInstance;
import dev.quorate.daemon.cli.AgentCatalog;
import dev.quorate.daemon.core.NodeEvent;
import dev.quorate.daemon.secrets.OwnerOnly;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.netty.HostAddresses;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The resources that are open on this node, and those that should be and could not be opened.
///
/// What could not be opened cannot be looked at either: nothing says that it is stopped. It is
/// tried again whenever somebody asks for it.
final class OpenInstances implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OpenInstances.class);

  /// An open resource; operations take its lock, an emergency stop does not.
  record Open(ResourceDefinition definition, ResourceInstance instance, ReentrantLock lock) {}

  /// A resource that could not be opened, and why.
  record Unopened(ResourceDefinition definition, String reason) {}

  private final NodeId self;
  private final Incarnation incarnation;
  private final AgentCatalog agents;
  private final Path directory;
  private final HostAddresses hosts;
  private final Consumer<NodeEvent> events;
  private final BiConsumer<ResourceId, String> publisher;
  private final ConcurrentSkipListMap<ResourceId, Open> open = new ConcurrentSkipListMap<>();
  private final ConcurrentSkipListMap<ResourceId, Unopened> unopened =
      new ConcurrentSkipListMap<>();
  private volatile ClusterState latest = ClusterState.initial("");

  OpenInstances(
      NodeId self,
      Incarnation incarnation,
      AgentCatalog agents,
      Path directory,
      HostAddresses hosts,
      Consumer<NodeEvent> events,
      BiConsumer<ResourceId, String> publisher) {
    this.self = self;
    this.incarnation = incarnation;
    this.agents = agents;
    this.directory = directory;
    this.hosts = hosts;
    this.events = events;
    this.publisher = publisher;
  }

  Optional<Open> get(ResourceId resource) {
    Unopened missing = unopened.get(resource);
    if (missing != null) {
      openAgain(missing);
    }
    return Optional.ofNullable(open.get(resource));
  }

  /// Why a resource of this node is not open although its agent is known.
  Optional<String> whyNotOpen(ResourceId resource) {
    return Optional.ofNullable(unopened.get(resource)).map(Unopened::reason);
  }

  private synchronized void openAgain(Unopened missing) {
    if (missing.equals(unopened.get(missing.definition().id()))) {
      open(missing.definition(), latest);
    }
  }

  synchronized void open(ResourceDefinition resource, ClusterState state) {
    Unopened before = unopened.get(resource.id());
    close(resource.id());
    latest = state;
    Optional<ResourceAgent> agent = agents.find(resource.agent());
    if (agent.isEmpty()) {
      log.atError()
          .addKeyValue("code", "HA-AGENT-001")
          .addKeyValue("resource", resource.id())
          .addKeyValue("reason", resource.agent())
          .log("agent not known on this node");
      return;
    }
    try {
      ResourceInstance instance = agent.get().open(new Context(resource));
      open.put(resource.id(), new Open(resource, instance, new ReentrantLock()));
      instance.stateChanged(state);
    } catch (RuntimeException e) {
      Unopened now = new Unopened(resource, "the resource cannot be opened here: " + e);
      unopened.put(resource.id(), now);
      if (!now.equals(before)) {
        log.atError()
            .setCause(e)
            .addKeyValue("code", "HA-AGENT-002")
            .addKeyValue("resource", resource.id())
            .log("resource not opened");
      }
    }
  }

  synchronized void close(ResourceId resource) {
    unopened.remove(resource);
    Open closed = open.remove(resource);
    if (closed != null) {
      try {
        closed.instance().close();
        publisher.accept(resource, "");
      } catch (RuntimeException e) {
        log.atWarn()
            .setCause(e)
            .addKeyValue("resource", resource)
            .log("resource not closed cleanly");
      }
    }
  }

  void stateChanged(ClusterState state) {
    latest = state;
    for (Open each : open.values()) {
      try {
        each.instance().stateChanged(state);
      } catch (RuntimeException e) {
        log.atError()
            .setCause(e)
            .addKeyValue("code", "HA-AGENT-003")
            .addKeyValue("resource", each.definition().id())
            .log("agent failed on a new state");
      }
    }
  }

  @Override
  public void close() {
    unopened.clear();
    open.keySet().forEach(this::close);
  }

  private final class Context implements InstanceContext {
    private final ResourceDefinition resource;

    Context(ResourceDefinition resource) {
      this.resource = resource;
    }

    @Override
    public NodeId self() {
      return self;
    }

    @Override
    public Incarnation incarnation() {
      return incarnation;
    }

    @Override
    public ResourceDefinition resource() {
      return resource;
    }

    @Override
    public void propose(ClusterCommand command) {
      events.accept(new NodeEvent.AgentProposed(command));
    }

    @Override
    public void monitorSoon() {
      events.accept(new NodeEvent.MonitorWanted(resource.id()));
    }

    @Override
    public void publish(String text) {
      publisher.accept(resource.id(), text);
    }

    @Override
    public Optional<String> addressOf(String host) {
      return hosts.named(host).map(InetAddress::getHostAddress);
    }

    @Override
    public Path workDirectory() {
      Path work = directory.resolve(resource.id().name());
      try {
        OwnerOnly.directory(work);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot make " + work, e);
      }
      return work;
    }
  }
}
