package dev.quorate.membership.netty;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What host names stand for. Nobody waits for a name server longer than they want to, and what was
/// found last counts for as long as nothing else is found.
///
/// Thread-safe; at most one thread waits for each name.
public final class HostAddresses {
  private static final Logger LOG = LoggerFactory.getLogger(HostAddresses.class);

  /// Asks the system, for as long as that takes.
  interface Lookup {
    List<InetAddress> of(String host) throws UnknownHostException;
  }

  private final Lookup lookup;
  private final Duration every;
  private final Map<String, InetAddress> found = new ConcurrentHashMap<>();
  private final Set<String> several = ConcurrentHashMap.newKeySet();
  private final Map<String, CompletableFuture<Optional<InetAddress>>> asked =
      new ConcurrentHashMap<>();

  /// Asks the system's resolver.
  public HostAddresses() {
    this(host -> List.of(InetAddress.getAllByName(host)), Duration.ofSeconds(10));
  }

  HostAddresses(Lookup lookup, Duration every) {
    this.lookup = lookup;
    this.every = every;
  }

  /// How often it is worth asking again.
  Duration every() {
    return every;
  }

  /// What is known now: an address that was written as such, or what was found last.
  public Optional<InetAddress> known(String host) {
    Optional<InetAddress> literal = literal(host);
    return literal.isPresent() ? literal : Optional.ofNullable(found.get(host));
  }

  /// The one address that a name stands for, as far as is known now; nothing for a name of several,
  /// and for what is an address already. Returns at once.
  public Optional<InetAddress> named(String host) {
    return several.contains(host) ? Optional.empty() : Optional.ofNullable(found.get(host));
  }

  /// Of several addresses, in whatever order, the one that was found before stays.
  private void keep(String host, List<InetAddress> all) {
    if (all.size() > 1) {
      several.add(host);
    } else {
      several.remove(host);
    }
    found.compute(host, (_, last) -> last != null && all.contains(last) ? last : all.getFirst());
  }

  private static Optional<InetAddress> literal(String host) {
    try {
      return Optional.of(InetAddress.ofLiteral(host));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// What is found within a time, or was before.
  public Optional<InetAddress> within(String host, Duration limit) throws InterruptedException {
    if (literal(host).isPresent()) {
      return literal(host);
    }
    try {
      return refresh(host).get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException _) {
      return known(host);
    }
  }

  /// Asks again; gives what is known afterwards.
  CompletableFuture<Optional<InetAddress>> refresh(String host) {
    if (literal(host).isPresent()) {
      return CompletableFuture.completedFuture(literal(host));
    }
    CompletableFuture<Optional<InetAddress>> answer = new CompletableFuture<>();
    CompletableFuture<Optional<InetAddress>> before = asked.putIfAbsent(host, answer);
    if (before != null) {
      return before;
    }
    Thread.ofPlatform()
        .daemon()
        .name("resolve-" + host)
        .start(() -> {
          try {
            keep(host, lookup.of(host));
          } catch (UnknownHostException | RuntimeException e) {
            LOG.atDebug().addKeyValue("target", host).addKeyValue("reason", e).log("not resolved");
          } finally {
            asked.remove(host);
            answer.complete(known(host));
          }
        });
    return answer;
  }
}
