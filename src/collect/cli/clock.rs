use clap::Args;
use loa_core::instant::Wall;

use super::{CentreGround, Failed};
use crate::dispatch::{Dispatcher, compare_clock};

#[derive(Args, Debug)]
pub(super) struct ServerClockArgs {
    /// Đồng hồ máy này đúng, máy chủ mới sai: cứ gửi. | This machine's clock is right and the server's is not: send it all the same.
    #[arg(long)]
    clock_is_right: bool,
}

impl ServerClockArgs {
    /// Refused where this machine's clock is far from the server's, unless somebody says that it is right.
    pub(super) async fn compare(
        &self,
        ground: &CentreGround,
        dispatcher: &Dispatcher,
        now: Wall,
    ) -> Result<(), Failed> {
        if !self.clock_is_right {
            compare_clock(dispatcher, now, &ground.tz).await?;
        }
        Ok(())
    }
}
