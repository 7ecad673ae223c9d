//! A higher station in a schedule: what is said of it in files, and what is heard of it from a real server.

mod fates;
mod formats;
mod heard;
mod kept;
mod odd;
mod source;
mod written;
