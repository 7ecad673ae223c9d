/// How often a campaign should be heard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CampaignTarget {
    /// At least so often.
    pub count: u32,
    /// In each of these.
    pub per: Per,
}

/// What a target counts in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Per {
    /// Every day.
    Day,
    /// Every week, from Monday on.
    Week,
    /// Every month.
    Month,
    /// Every year.
    Year,
}
