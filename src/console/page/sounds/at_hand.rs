use std::sync::Arc;
use std::time::Duration;

use super::stock::SoundStock;
use crate::app::App;
use crate::diag::{Text, shown, text};
use crate::one_for_all::Ages;

/// So long what was worked out serves everybody who asks, if nothing is written meanwhile.
const AGES: Ages = Ages { good: Duration::from_secs(5), given: Duration::from_secs(8) };

/// Whether there is a file of this name: one of those that are listed, and never a path.
pub(crate) async fn is_there(app: &App, file: &str) -> bool {
    let look = app.look().await;
    look.world.library.sounds.contains_key(file) || look.unmeasured.iter().any(|own| own == file)
}

/// Whether what lies there is a sound: it was listened to, and can be played. Whatever else somebody has put there, such as
/// another name of a file that is not his, is nobody's to read from here.
pub(crate) async fn is_sound(app: &App, file: &str) -> bool {
    app.look().await.world.library.sounds.get(file).is_some_and(|sound| sound.facts.is_ok())
}

/// What to say of what is not one.
pub(crate) fn no_sound(file: &str) -> Text {
    let file = shown(file);
    text!(
        "«{file}» chưa nghe được ở đây: máy chưa nghe đến, hoặc đó không phải bản ghi phát được",
        "\"{file}\" is not heard here: the station has not listened to it yet, or it is no sound that can be played"
    )
}

impl SoundStock {
    /// As it is now, or was a moment ago.
    pub(crate) async fn of(app: &App) -> Arc<Self> {
        let (look, now, dir) = (app.look().await, app.now(), app.dir().to_owned());
        app.sounds().get(now.mono, AGES, move |_| Self::take(look, &dir, now.wall, true)).await
    }

    /// As it is at this moment, without what is to come: all that is needed to know who may do what.
    pub(crate) async fn of_today(app: &App) -> Self {
        let (look, now, dir) = (app.look().await, app.clock().wall(), app.dir().to_owned());
        let taken = tokio::task::spawn_blocking(move || Self::take(look, &dir, now, false)).await;
        taken.expect("looking at the files does not panic")
    }
}
