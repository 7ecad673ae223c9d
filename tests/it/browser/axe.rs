//! axe-core, which knows more of what hinders people than [`look.js`](../look.js): run in the page by the browser. It is
//! none of ours and lies in no commit: `deploy/setup test` fetches it, and what is run is that very file.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::driver::Driver;

/// axe-core 4.12.1.
const DIGEST: &str = "84494fec757e4710dc751c8d7a636e457f4532f08f85c86dc9070133fbff53bc";

/// Where `deploy/setup test` puts it, below the cache of whoever ran it.
const FILE: &str = "loa-test/axe.min.js";

/// Runs it, and gives what is serious or critical in one line each. What stands in a picture of its own is not gone into.
const RUN: &str = "
const only = arguments[0];
const asked = { resultTypes: ['violations'], iframes: false };
if (only) asked.runOnly = only;
return axe.run(document, asked).then(found => found.violations
  .filter(one => one.impact === 'serious' || one.impact === 'critical')
  .flatMap(one => one.nodes.map(node => one.id + ' (' + one.help + '): ' + node.html.replace(/\\s+/g, ' ').slice(0, 200))));
";

/// The program; none where it was not fetched, which is said once.
fn program() -> Option<&'static str> {
    static PROGRAM: OnceLock<Option<String>> = OnceLock::new();
    let read = || {
        let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
        let cache = cache.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")))?;
        let text = fs::read_to_string(cache.join(FILE)).ok()?;
        let digest = Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut all, byte| {
            let _ = write!(all, "{byte:02x}");
            all
        });
        assert_eq!(digest, DIGEST, "{} is not what `deploy/setup test` fetches", cache.join(FILE).display());
        Some(text)
    };
    let program = PROGRAM.get_or_init(|| {
        let program = read();
        if program.is_none() {
            eprintln!("SKIPPED: needs axe-core, which `deploy/setup test` fetches");
        }
        program
    });
    program.as_deref()
}

/// It finds what is there to be found.
pub(super) fn is_awake(driver: &Driver) {
    driver.open("data:text/html,<html lang=vi><title>x</title><main><h1>x</h1><img src=x>");
    let found = driver.axe(Rules::All);
    assert!(program().is_none() || found.iter().any(|what| what.contains("image-alt")), "{found:?}");
}

/// What of the page is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Rules {
    /// All of it.
    All,
    /// What another colour changes.
    Colours,
}

impl Driver {
    /// What hinders somebody on the page that is open, by axe-core: what is serious or critical.
    pub(super) fn axe(&self, rules: Rules) -> Vec<String> {
        let Some(program) = program() else { return Vec::new() };
        if self.run("return typeof axe") != "object" {
            self.run(program);
        }
        let only: Value = match rules {
            Rules::All => Value::Null,
            Rules::Colours => serde_json::json!(["color-contrast"]),
        };
        let found = self.run_with(RUN, &[only]);
        let lines = found.as_array().unwrap_or_else(|| panic!("{found}"));
        lines.iter().map(|line| format!("axe: {}", line.as_str().unwrap_or_default())).collect()
    }

    /// The page as it is hinders nobody.
    pub(super) fn is_open_to_all(&self) {
        let found = self.axe(Rules::All);
        assert!(found.is_empty(), "{}:\n{}", self.address(), found.join("\n"));
    }
}
