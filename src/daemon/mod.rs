//! The one loop: waits for an event or the next deadline, asks the player, does what it says.
