use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::tz::TimeZone;
#[cfg(target_pointer_width = "64")]
use rtime_clock::adjtime::{Timex, adjtimex};

use crate::clock::{Evidence, Vouchers};
use crate::instant::Wall;

/// The files of the kernel that are read here hold a line or a few; the longest is systemd's, of a kilobyte.
const BYTES_MOST: u64 = 16 * 1024;

/// Battery clocks that are looked for: `rtc0` to `rtc3`.
const BATTERIES: u32 = 4;

/// What the kernel answers, and the bit of its status, where the clock is not synchronised: `TIME_ERROR` and
/// `STA_UNSYNC` of adjtimex(2).
#[cfg(target_pointer_width = "64")]
const TIME_ERROR: i32 = 5;
#[cfg(target_pointer_width = "64")]
const STA_UNSYNC: i32 = 0x40;

/// Files that only a container has, and what to call it.
const CONTAINERS: [(&str, &str); 3] =
    [(".dockerenv", "docker"), ("run/.containerenv", "podman"), ("run/secrets/kubernetes.io", "kubernetes")];

/// The first numbering of processes, the machine's own, always has this name (`PROC_PID_INIT_INO` of the kernel);
/// in any other we are in a container, whatever made it.
const PROCESSES: &str = "pid:[4026531836]";

/// Clocks that only a guest has: the host keeps them.
const GUEST_CLOCKS: [&str; 4] = ["kvm-clock", "hyperv_clocksource_tsc_page", "hyperv_clocksource_msr", "xen"];

/// Makers of machines that are not there.
const GUEST_MAKERS: [&str; 10] = [
    "QEMU",
    "VMware",
    "innotek GmbH",
    "Xen",
    "Amazon EC2",
    "Google Compute Engine",
    "Parallels",
    "KVM",
    "Apple Virtualization",
    "Microsoft Corporation Virtual Machine",
];

/// Where the machine shows what speaks for its clock: the kernel's state, and files under `/sys`, `/proc`,
/// `/run` and `/etc`.
#[derive(Clone, Debug)]
pub struct Signs {
    root: PathBuf,
    /// Whether the clock is being synchronised; `None` where that may not be asked.
    kernel: fn() -> Option<bool>,
}

impl Default for Signs {
    /// The machine's own.
    fn default() -> Self {
        Self { root: PathBuf::from("/"), kernel: ask_kernel }
    }
}

impl Signs {
    /// The signs of a machine that is only a tree of files, with a kernel that answers so.
    pub fn of_tree(root: &Path, kernel: fn() -> Option<bool>) -> Self {
        Self { root: root.to_owned(), kernel }
    }

    /// The kernel's own name for this boot; empty where it has none.
    pub fn boot(&self) -> String {
        self.line("proc/sys/kernel/random/boot_id").unwrap_or_default()
    }

    /// How long the machine has been on, suspend included.
    pub fn up(&self) -> Duration {
        let up = self.line("proc/uptime").and_then(|line| line.split(' ').next()?.parse().ok());
        up.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).unwrap_or_default()
    }

    /// All there is, but the newest row of the journal. `tz` is the station's: some battery clocks are
    /// kept in local time.
    pub fn read(&self, vouchers: &Vouchers, tz: &TimeZone) -> Evidence {
        Evidence {
            synchronised: self.is_synchronised(),
            synchronised_at: vouchers.synchronised,
            battery: self.battery(tz),
            host: self.host(),
            word: vouchers.word.clone(),
            up: self.up(),
            newest: None,
        }
    }

    /// As the kernel has it, whichever program keeps the clock. Where it may not be asked, the file tells that
    /// systemd-timesyncd touches when it has synchronised the clock; it is gone with the boot.
    fn is_synchronised(&self) -> bool {
        (self.kernel)().unwrap_or_else(|| self.root.join("run/systemd/timesync/synchronized").exists())
    }

    /// What the battery clock reads.
    fn battery(&self, tz: &TimeZone) -> Option<Wall> {
        (0..BATTERIES).find_map(|number| {
            let seconds: i64 = self.line(&format!("sys/class/rtc/rtc{number}/since_epoch"))?.parse().ok()?;
            let reads = Wall::from_secs(seconds);
            let is_local = self.line_with("etc/adjtime", "LOCAL").is_some();
            Some(if is_local { reads.moved(-offset(reads, tz)) } else { reads })
        })
    }

    /// The sign that somebody else keeps this clock.
    fn host(&self) -> Option<String> {
        if let Some(name) = self.line("run/systemd/container").filter(|name| !name.is_empty()) {
            return Some(name);
        }
        let container = CONTAINERS.iter().find(|(file, _)| self.root.join(file).exists());
        if let Some((_, name)) = container {
            return Some((*name).to_owned());
        }
        let clocks = self.line("sys/devices/system/clocksource/clocksource0/available_clocksource").unwrap_or_default();
        if let Some(name) = GUEST_CLOCKS.iter().find(|name| clocks.split(' ').any(|clock| clock == **name)) {
            return Some((*name).to_owned());
        }
        let files = ["sys/class/dmi/id/sys_vendor", "sys/class/dmi/id/product_name"];
        let made = files.iter().filter_map(|file| self.line(file)).collect::<Vec<_>>().join(" ");
        if let Some(maker) = GUEST_MAKERS.iter().find(|maker| made.contains(**maker)) {
            return Some((*maker).to_owned());
        }
        // What the processor says in a guest, and what Windows calls its kernel.
        let flags = self.line_with("proc/cpuinfo", "flags").unwrap_or_default();
        if flags.split(' ').any(|flag| flag == "hypervisor") {
            return Some("hypervisor".to_owned());
        }
        if self.line("proc/sys/kernel/osrelease").is_some_and(|kernel| kernel.to_lowercase().contains("microsoft")) {
            return Some("wsl".to_owned());
        }
        let processes = fs::read_link(self.root.join("proc/self/ns/pid")).ok()?;
        (processes != Path::new(PROCESSES)).then(|| "container".to_owned())
    }

    /// The rest of the line of a small file that begins like this.
    fn line_with(&self, name: &str, beginning: &str) -> Option<String> {
        let text = self.text(name)?;
        text.lines().find_map(|line| line.strip_prefix(beginning)).map(|rest| rest.trim().to_owned())
    }

    /// The first line of a small file.
    fn line(&self, name: &str) -> Option<String> {
        self.text(name)?.lines().next().map(|line| line.trim().to_owned())
    }

    fn text(&self, name: &str) -> Option<String> {
        let mut text = Vec::new();
        File::open(self.root.join(name)).ok()?.take(BYTES_MOST).read_to_end(&mut text).ok()?;
        Some(String::from_utf8_lossy(&text).into_owned())
    }
}

/// Nothing is set: the fields that say what to change are all zero.
#[cfg(target_pointer_width = "64")]
fn ask_kernel() -> Option<bool> {
    let mut state = Timex::new();
    adjtimex(&mut state).ok().map(|answer| answer != TIME_ERROR && state.0.status & STA_UNSYNC == 0)
}

/// No safe door to adjtimex(2) is known for 32 bits: there the files speak alone.
#[cfg(not(target_pointer_width = "64"))]
fn ask_kernel() -> Option<bool> {
    None
}

fn offset(at: Wall, tz: &TimeZone) -> jiff::SignedDuration {
    let seconds = tz.to_offset(at.timestamp()).seconds();
    jiff::SignedDuration::from_secs(i64::from(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOT: &str = "f0bf15c5-6015-484b-8721-567efb99dd98";

    fn evidence(files: &[(&str, &str)], kernel: fn() -> Option<bool>) -> Evidence {
        let root = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let tz = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
        Signs::of_tree(root.path(), kernel).read(&Vouchers::default(), &tz)
    }

    #[test]
    fn a_box_with_nothing_shows_nothing() {
        let nothing = evidence(&[("proc/uptime", "61.25 99.00\n")], || Some(false));
        assert_eq!(nothing, Evidence { up: Duration::from_millis(61_250), ..Evidence::default() });
        assert_eq!(evidence(&[], || None), Evidence::default());
    }

    #[test]
    fn a_battery_clock_is_read_in_universal_and_in_local_time() {
        let battery = ("sys/class/rtc/rtc0/since_epoch", "1796100000\n");
        let read = |adjtime: &str| evidence(&[battery, ("etc/adjtime", adjtime)], || Some(false)).battery;
        assert_eq!(read("0.0 0 0.0\n0\nUTC\n"), Some(Wall::from_secs(1_796_100_000)));
        assert_eq!(read("0.0 0 0.0\n0\nLOCAL\n"), Some(Wall::from_secs(1_796_100_000 - 7 * 3600)));
        let second = evidence(&[("sys/class/rtc/rtc1/since_epoch", "5\n")], || Some(false)).battery;
        assert_eq!(second, Some(Wall::from_secs(5)), "the first that can be read");
        assert_eq!(evidence(&[("sys/class/rtc/rtc0/since_epoch", "x")], || Some(false)).battery, None);
    }

    #[test]
    fn a_container_and_a_virtual_machine_are_told_from_a_box() {
        let clock = "sys/devices/system/clocksource/clocksource0/available_clocksource";
        let table = [
            ("run/systemd/container", "lxc\n", Some("lxc")),
            (".dockerenv", "", Some("docker")),
            ("run/.containerenv", "", Some("podman")),
            (clock, "tsc kvm-clock acpi_pm \n", Some("kvm-clock")),
            (clock, "hyperv_clocksource_tsc_page acpi_pm\n", Some("hyperv_clocksource_tsc_page")),
            (clock, "tsc hpet acpi_pm \n", None),
            ("sys/class/dmi/id/sys_vendor", "QEMU\n", Some("QEMU")),
            ("sys/class/dmi/id/sys_vendor", "Dell Inc.\n", None),
            ("sys/class/dmi/id/sys_vendor", "Microsoft Corporation\n", None),
            ("proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu sse2 hypervisor lahf_lm\n", Some("hypervisor")),
            ("proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu sse2 lahf_lm\n", None),
            ("proc/cpuinfo", "model name\t: ARMv7 Processor rev 4 (v7l)\n", None),
            ("proc/sys/kernel/osrelease", "5.15.90.1-microsoft-standard-WSL2\n", Some("wsl")),
            ("proc/sys/kernel/osrelease", "6.12.47+rpt-rpi-v8\n", None),
            ("run/secrets/kubernetes.io", "", Some("kubernetes")),
        ];
        for (file, text, expected) in table {
            assert_eq!(evidence(&[(file, text)], || Some(false)).host.as_deref(), expected, "{file} {text}");
        }
    }

    #[test]
    fn processes_that_are_numbered_apart_are_in_a_container_whatever_made_it() {
        for (target, expected) in [("pid:[4026531836]", None), ("pid:[4026532421]", Some("container"))] {
            let root = tempfile::tempdir().unwrap();
            fs::create_dir_all(root.path().join("proc/self/ns")).unwrap();
            std::os::unix::fs::symlink(target, root.path().join("proc/self/ns/pid")).unwrap();
            let signs = Signs::of_tree(root.path(), || Some(false));
            assert_eq!(signs.read(&Vouchers::default(), &TimeZone::UTC).host.as_deref(), expected, "{target}");
        }
    }

    #[test]
    fn the_kernel_says_whether_it_is_synchronised_and_else_the_file_of_systemd() {
        let file = [("run/systemd/timesync/synchronized", "")];
        assert!(evidence(&[], || Some(true)).synchronised);
        assert!(!evidence(&file, || Some(false)).synchronised, "the kernel knows better");
        assert!(evidence(&file, || None).synchronised);
    }

    #[test]
    fn a_boot_has_a_name_on_a_machine_that_gives_one() {
        let root = tempfile::tempdir().unwrap();
        let signs = Signs::of_tree(root.path(), || None);
        assert_eq!(signs.boot(), "");
        fs::create_dir_all(root.path().join("proc/sys/kernel/random")).unwrap();
        fs::write(root.path().join("proc/sys/kernel/random/boot_id"), format!("{BOOT}\n")).unwrap();
        assert_eq!(signs.boot(), BOOT);
    }
}
