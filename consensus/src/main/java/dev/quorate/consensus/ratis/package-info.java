/// The replicated log on Apache Ratis: the only package that knows it.
///
/// It must not know what commands mean, nor decide anything about the cluster.
@NullMarked
package dev.quorate.consensus.ratis;

import org.jspecify.annotations.NullMarked;
