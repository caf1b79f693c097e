/// The JSON form of commands, states and answers, by Jackson.
///
/// Must not know the log: it turns values into text and back.
@NullMarked
package dev.quorate.resource.json;

import org.jspecify.annotations.NullMarked;
