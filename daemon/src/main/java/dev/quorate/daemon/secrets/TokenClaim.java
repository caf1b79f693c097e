package dev.quorate.daemon.secrets;

/// A token in the hands of one who joins with it: nobody else can use it before this is closed, and
/// nobody at all once it was spent.
public final class TokenClaim implements AutoCloseable {
  private final String node;
  private final Runnable spend;
  private final Runnable drop;

  TokenClaim(String node, Runnable spend, Runnable drop) {
    this.node = node;
    this.spend = spend;
    this.drop = drop;
  }

  /// The name of the node that may join with it.
  public String node() {
    return node;
  }

  /// Uses the token up for good; on the disk before this returns.
  public void spend() {
    spend.run();
  }

  /// Lets go of it. Unless it was spent, it is good again.
  @Override
  public void close() {
    drop.run();
  }
}
