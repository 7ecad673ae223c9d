//! Alarms from outside: what is truly signed is heard, once, where it is meant for; nothing else ever is.

mod account;
mod asked;
mod heard;
mod judged;
mod paper;
mod sender;
mod web;
mod when;
