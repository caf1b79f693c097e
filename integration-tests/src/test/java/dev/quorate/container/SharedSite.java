package dev.quorate.container;

import dev.quorate.packaging.DebianPackage;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/// The machines that the tests of a class share: built before the first, shown when one fails,
/// taken away after the last, also if they could not be built.
final class SharedSite implements BeforeAllCallback, AfterAllCallback, TestWatcher {
  private final Image image;
  private final Plan plan;
  private final String[] names;
  private @Nullable Site site;

  /// What the machines boot.
  interface Image {
    String name() throws IOException;
  }

  /// What is done once they have booted.
  interface Plan {
    void follow(Site site) throws IOException;
  }

  SharedSite(Image image, Plan plan, String... names) {
    this.image = image;
    this.plan = plan;
    this.names = names.clone();
  }

  /// Machines with the package, on which a page is typed that lies beside the tests.
  ///
  /// @param agent the fence agent that the page uses; it reaches the rack's power switch
  static SharedSite typed(String page, String agent, String... names) {
    return new SharedSite(NodeImage::installed, site -> site.type(page, agent), names);
  }

  /// Bare machines on which the pages are typed that an administrator follows.
  ///
  /// @param page after that of the installation
  static SharedSite fromNothing(String page, String... names) {
    return new SharedSite(
        NodeImage::bare,
        site -> {
          for (Machine machine : site.machines()) {
            machine.receive(DebianPackage.built(), "/opt/quorate.deb");
            site.power().standInFor(machine, "fence_ipmilan");
          }
          Walkthrough walkthrough = new Walkthrough(site);
          walkthrough.follow("install.md");
          walkthrough.follow(page);
          site.awaitWhole(Duration.ofSeconds(60));
        },
        names);
  }

  Site get() {
    return Objects.requireNonNull(site);
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    NodeImage.assumeEngine();
    Site begun = new Site(Rack.of(image.name(), names));
    site = begun;
    try {
      plan.follow(begun);
    } catch (IOException | RuntimeException | AssertionError e) {
      begun.show();
      throw e;
    }
  }

  @Override
  public void testFailed(ExtensionContext context, Throwable cause) {
    get().show();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (site != null) {
      site.close();
    }
  }
}
