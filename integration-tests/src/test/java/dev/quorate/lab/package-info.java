/// The scenarios of the demo as tests: real daemons, real PostgreSQL, real faults.
@NullMarked
package dev.quorate.lab;

import org.jspecify.annotations.NullMarked;
