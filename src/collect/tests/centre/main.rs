//! The collector and the fleet against a real nats-server. Without one (`deploy/setup fleet` fetches it) they say SKIPPED.

#[path = "../../../../tests/it/kit/nats.rs"]
mod nats;

#[path = "../../../../tests/it/kit/qr.rs"]
mod qr;

mod alarm;
mod anew;
mod board;
mod broken;
mod collector;
mod command;
mod desk;
mod fleet;
mod kit;
mod ledger;
mod month;
mod office;
mod outcome;
mod postgres;
mod power;
mod province;
mod real;
mod rollout;
mod send;
mod stick;
mod village;
mod year;
