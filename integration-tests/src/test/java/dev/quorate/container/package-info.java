/// The package on machines that boot: containers with systemd as their first process.
///
/// What is tested here knows the product only as an administrator does: by its package, its
/// commands and its journal.
@NullMarked
package dev.quorate.container;

import org.jspecify.annotations.NullMarked;
