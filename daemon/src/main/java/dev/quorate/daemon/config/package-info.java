/// The configuration file of one node: identity, links, directories.
///
/// Parsed once, at start. It must not know what the cluster has agreed on.
@NullMarked
package dev.quorate.daemon.config;

import org.jspecify.annotations.NullMarked;
