use std::sync::Arc;
use std::time::Duration;

use super::stock::SoundStock;
use crate::console::app::App;
use crate::console::one_for_all::Ages;

/// So long what was worked out serves everybody who asks, if nothing is written meanwhile.
const AGES: Ages = Ages { good: Duration::from_secs(5), given: Duration::from_secs(8) };

/// Whether there is a file of this name: one of those that are listed, and never a path.
pub(super) async fn is_there(app: &App, file: &str) -> bool {
    let look = app.look().await;
    look.world.library.sounds.contains_key(file) || look.unmeasured.iter().any(|own| own == file)
}

impl SoundStock {
    /// As it is now, or was a moment ago.
    pub(super) async fn of(app: &App) -> Arc<Self> {
        let (look, now, dir) = (app.look().await, app.now(), app.dir().to_owned());
        app.sounds().get(now.mono, AGES, move |_| Self::take(look, &dir, now.wall, true)).await
    }

    /// As it is at this moment, without what is to come: all that is needed to know who may do what.
    pub(super) async fn of_today(app: &App) -> Self {
        let (look, now, dir) = (app.look().await, app.clock().wall(), app.dir().to_owned());
        let taken = tokio::task::spawn_blocking(move || Self::take(look, &dir, now, false)).await;
        taken.expect("looking at the files does not panic")
    }
}
