/// Proof that a lost node does nothing any more.
///
/// It knows nodes, devices and their answers. It must not know resources, agents or the log: the
/// daemon carries requests in and outcomes out.
@NullMarked
package dev.quorate.fencing;

import org.jspecify.annotations.NullMarked;
