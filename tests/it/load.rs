//! `loa load`, as an operator meets it.

mod command;
mod corpus;
mod mutant;
mod noise;
