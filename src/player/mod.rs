//! What to do now: a pure state machine. `handle(now, event)` returns actions, `deadline()` says when
//! it wants to be asked again. It follows the plan, and bends it for stop, say and alert.
