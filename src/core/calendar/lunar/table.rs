use super::date::{Month, month_at};

/// The lunar months of a stretch of days: worked out from the sky once, then looked up.
#[derive(Clone, Debug)]
pub(in crate::calendar) struct LunarTable {
    /// Ascending, one after another.
    months: Vec<Month>,
}

impl LunarTable {
    /// The months that hold the days `first..=last`.
    pub(in crate::calendar) fn over(first: i32, last: i32) -> Self {
        let mut months = Vec::new();
        let mut day = first;
        while day <= last {
            let month = month_at(day);
            day = month.first + i32::from(month.length);
            months.push(month);
        }
        Self { months }
    }

    /// The month that holds a day, from the sky where the table does not have it.
    pub(in crate::calendar) fn month(&self, day: i32) -> Month {
        let ix = self.months.partition_point(|month| month.first <= day);
        let known = ix.checked_sub(1).and_then(|ix| self.months.get(ix)).copied();
        known.filter(|month| day < month.first + i32::from(month.length)).unwrap_or_else(|| month_at(day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_says_what_the_sky_says() {
        let table = LunarTable::over(20_000, 20_800);
        for day in 19_900..20_900 {
            assert_eq!(table.month(day), month_at(day), "{day}");
        }
    }
}
