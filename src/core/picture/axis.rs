use super::canvas::Type;

/// Time of day laid along the page: the stretches in which something happens, side by side and all to
/// one scale, with the dead time between them left out. Seconds are counted from the start of a band.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Axis {
    pub(super) panels: Vec<Panel>,
    scale: f64,
}

/// One unbroken stretch of time on the page.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Panel {
    /// Seconds, on whole half minutes.
    pub(super) from: f64,
    pub(super) to: f64,
    /// Pixels.
    pub(super) x: [f64; 2],
}

/// Between panels: room for a label of time that hangs over the edge.
const GAP: f64 = 30.0;

/// No panel is narrower: its label must stand over it.
const PANEL_MIN: f64 = 44.0;

/// More are not told apart on a page; the nearest become one.
const PANELS_MAX: usize = 8;

/// Dead time is kept where it takes no more of the page than this: a break in the axis costs the
/// reader more.
const DEAD_PX: f64 = 100.0;

/// Panels begin and end on half minutes.
const EDGE: f64 = 30.0;

/// Between ticks, in seconds.
const STEPS: [f64; 13] =
    [10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 10_800.0, 14_400.0, 21_600.0];

impl Axis {
    /// An axis from `x[0]` to `x[1]` for what happens in these stretches; `whole` where nothing does.
    pub(super) fn new(mut busy: Vec<[f64; 2]>, whole: [f64; 2], x: [f64; 2]) -> Self {
        busy.sort_by(|a, b| a[0].total_cmp(&b[0]));
        let mut spans: Vec<[f64; 2]> = Vec::new();
        for [from, to] in busy {
            let [from, to] = [(from / EDGE).floor() * EDGE, ((to / EDGE).ceil() * EDGE).max(from + EDGE)];
            match spans.last_mut() {
                Some(last) if from <= last[1] => last[1] = last[1].max(to),
                _ => spans.push([from, to]),
            }
        }
        if spans.is_empty() {
            spans.push(whole);
        }
        let width = x[1] - x[0];
        loop {
            let scale = scale(&spans, width);
            let gaps = spans.windows(2).enumerate().map(|(ix, pair)| (ix, pair[1][0] - pair[0][1]));
            let Some((ix, gap)) = gaps.min_by(|a, b| a.1.total_cmp(&b.1)) else { break };
            if gap * scale > DEAD_PX && spans.len() <= PANELS_MAX {
                break;
            }
            spans[ix][1] = spans[ix + 1][1];
            spans.remove(ix + 1);
        }
        let scale = scale(&spans, width);
        let mut left = x[0];
        let panels = spans.into_iter().map(|[from, to]| {
            // A short stretch is shown with the time around it.
            let spare = (PANEL_MIN / scale - (to - from)).max(0.0) / 2.0;
            let (from, to) = (from - spare, to + spare);
            let panel = Panel { from, to, x: [left, left + (to - from) * scale] };
            left = panel.x[1] + GAP;
            panel
        });
        Self { panels: panels.collect(), scale }
    }

    /// Pixels of an instant; one in dead time is put on the nearest edge.
    pub(super) fn x(&self, at: f64) -> f64 {
        let panel = self.panel(at);
        panel.x[0] + (at.clamp(panel.from, panel.to) - panel.from) * self.scale
    }

    /// The panel that holds an instant, or the one before it.
    pub(super) fn panel(&self, at: f64) -> Panel {
        let ix = self.panels.partition_point(|panel| panel.from <= at).max(1) - 1;
        self.panels[ix]
    }

    /// Ticks of a panel, in seconds, so far apart that their labels do not touch.
    pub(super) fn ticks(&self, panel: Panel, style: Type) -> (Vec<f64>, f64) {
        let label = style.width("00:00") + 6.0;
        // Labels with seconds are long: only where there is room to spare.
        let need = |step: f64| if step < 60.0 { label * 2.5 } else { label };
        let step = STEPS.into_iter().find(|step| step * self.scale >= need(*step)).unwrap_or(43_200.0);
        let first = (panel.from / step).ceil() as i64;
        let last = (panel.to / step).floor() as i64;
        ((first..=last).map(|tick| tick as f64 * step).collect(), step)
    }
}

/// Pixels to the second, such that every span has its least width and all of them fill the page.
fn scale(spans: &[[f64; 2]], width: f64) -> f64 {
    let room = (width - GAP * (spans.len() - 1) as f64).max(PANEL_MIN);
    let mut small = 0;
    loop {
        let mut lengths: Vec<f64> = spans.iter().map(|[from, to]| to - from).collect();
        lengths.sort_by(f64::total_cmp);
        let rest: f64 = lengths[small..].iter().sum();
        let scale = (room - PANEL_MIN * small as f64).max(PANEL_MIN) / rest;
        // The next shortest is too narrow at this scale: it takes its least width instead.
        if small + 1 < lengths.len() && lengths[small] * scale < PANEL_MIN {
            small += 1;
        } else {
            return scale;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(busy: &[[f64; 2]]) -> Axis {
        Axis::new(busy.to_vec(), [0.0, 86_400.0], [100.0, 1000.0])
    }

    #[test]
    fn sessions_far_apart_are_panels_to_one_scale_and_near_ones_are_one() {
        let axis = axis(&[[19_800.0, 20_040.0], [40_500.0, 40_540.0], [61_200.0, 61_440.0], [61_500.0, 61_520.0]]);
        let spans: Vec<_> = axis.panels.iter().map(|panel| [panel.from, panel.to]).collect();
        assert_eq!(spans, [[19_800.0, 20_040.0], [40_500.0, 40_560.0], [61_200.0, 61_530.0]]);
        for panel in &axis.panels {
            let scale = (panel.x[1] - panel.x[0]) / (panel.to - panel.from);
            assert!((scale - axis.scale).abs() < 1e-9);
        }
        assert!((axis.panels[2].x[1] - 1000.0).abs() < 1e-6, "the page is filled");
    }

    #[test]
    fn a_short_airing_far_from_a_long_day_still_has_its_label() {
        let axis = axis(&[[11_700.0, 11_705.0], [20_000.0, 80_000.0]]);
        assert!(axis.panels.iter().all(|panel| panel.x[1] - panel.x[0] >= PANEL_MIN - 1e-6), "{axis:?}");
        assert!(axis.panels.windows(2).all(|pair| pair[0].x[1] + GAP <= pair[1].x[0] + 1e-6));
    }

    #[test]
    #[ignore = "long"]
    fn a_thousand_scattered_airings_and_none_at_all_make_an_axis() {
        let many: Vec<[f64; 2]> = (0..1000).map(|ix| [f64::from(ix) * 80.0, f64::from(ix) * 80.0 + 5.0]).collect();
        assert!(axis(&many).panels.len() <= PANELS_MAX);
        assert_eq!(axis(&[]).panels[0].to.to_bits(), 86_400.0_f64.to_bits());
        let ticks = axis(&[]).ticks(axis(&[]).panels[0], Type::new(10.0, "#000")).0;
        assert!(ticks.len() > 6, "{ticks:?}");
    }
}
