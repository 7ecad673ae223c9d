use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::{Exit, Failure};
use crate::diag::{Text, text};
use crate::site::Site;

/// Where `deploy/install` puts the station of a machine.
const INSTALLED: &str = "/var/lib/loa";

/// What names the station where no `--dir` does.
pub(super) const VARIABLE: &str = "LOA_DIR";

/// Which station a command is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct ChosenStation {
    /// Its directory.
    pub(super) dir: PathBuf,
    /// Nobody named it, and it is not the one at hand: whoever asks must be told which it is.
    pub(super) is_found: bool,
}

impl ChosenStation {
    /// The one that is `named`; else `LOA_DIR`; else the nearest directory upward that is a station; else the
    /// machine's own. Where there is none, the directory at hand, which [`ChosenStation::refusal`] then refuses.
    pub(super) fn find(named: Option<&Path>) -> Self {
        let variable = std::env::var_os(VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from);
        let here = std::env::current_dir().unwrap_or_default();
        Self::choose(named, variable, &here, Path::new(INSTALLED))
    }

    fn choose(named: Option<&Path>, variable: Option<PathBuf>, here: &Path, installed: &Path) -> Self {
        let at = |dir: &Path, is_found| Self { dir: dir.to_owned(), is_found };
        if let Some(dir) = named {
            return at(dir, false);
        }
        if let Some(dir) = variable {
            return Self { dir, is_found: true };
        }
        if Standing::of(here) == Standing::Station {
            return at(Path::new("."), false);
        }
        if let Some(dir) = above(here) {
            return at(dir, true);
        }
        match Standing::of(installed) {
            Standing::Station | Standing::Closed => at(installed, true),
            Standing::Other | Standing::Absent => at(Path::new("."), false),
        }
    }

    /// Which station it is, where somebody could think of another.
    pub(super) fn told(&self) -> Option<Text> {
        let dir = self.dir.display();
        self.is_found.then(|| text!("loa: đài ở {dir}", "loa: the station in {dir}"))
    }

    /// Why nothing can be done with the directory `dir`, where that is so.
    pub(super) fn refusal(dir: &Path) -> Option<Failure> {
        let shown = if dir == Path::new(".") { std::env::current_dir().unwrap_or_default() } else { dir.to_owned() };
        let (shown, elsewhere) = (shown.display(), elsewhere(dir, Path::new(INSTALLED)));
        let (exit, said) = match Standing::of(dir) {
            Standing::Station => return None,
            Standing::Absent => {
                let Text { vi, en } = elsewhere;
                let said = text!("không có thư mục «{shown}». {vi}", "there is no directory \"{shown}\". {en}");
                (Exit::Configuration, said)
            }
            Standing::Other => {
                let Text { vi, en } = elsewhere;
                let said = text!(
                    "«{shown}» không phải thư mục của đài: ở đó không có loa.toml, cũng không có schedules/. {vi}",
                    "\"{shown}\" is no station: there is neither loa.toml nor schedules/ in it. {en}"
                );
                (Exit::Configuration, said)
            }
            Standing::Closed => {
                let said = text!(
                    "tài khoản này không được xem đài ở {shown}: nhờ người quản lý máy gõ «sudo adduser TÊN loa» (TÊN là tài khoản của bạn), rồi đăng nhập lại",
                    "this account may not look into the station {shown}: ask whoever runs the machine for \"sudo adduser NAME loa\" (NAME is your account), then log in again"
                );
                (Exit::Permission, said)
            }
        };
        Some(Failure::new(exit, said))
    }
}

/// Where the station is instead.
fn elsewhere(dir: &Path, installed: &Path) -> Text {
    let there = installed.display();
    match Standing::of(installed) {
        Standing::Station | Standing::Closed if dir != installed => {
            text!("Đài của máy này: thêm --dir {there}", "This machine's station: add --dir {there}")
        }
        _ => text!(
            "Hãy vào thư mục của đài rồi gõ lại, hoặc chỉ ra: loa --dir THƯ-MỤC …",
            "Go to the station's directory and type it again, or name it: loa --dir DIR …"
        ),
    }
}

/// The nearest directory above `here` that is a station. A place where everybody may write holds what anybody put
/// there: the search ends below it, so that nobody runs a stranger's station by accident.
fn above(here: &Path) -> Option<&Path> {
    let for_everybody = |dir: &Path| dir.metadata().is_ok_and(|place| place.permissions().mode() & 0o002 != 0);
    let dirs = here.ancestors().skip(1).take_while(|dir| !for_everybody(dir));
    dirs.filter(|dir| dir.parent().is_some()).find(|dir| Standing::of(dir) == Standing::Station)
}

/// What a directory is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Standing {
    /// It has `loa.toml` or `schedules/`.
    Station,
    /// It is there, and this account may not see what is in it.
    Closed,
    /// It is there, and it has neither.
    Other,
    /// It is not there, or is no directory.
    Absent,
}

impl Standing {
    fn of(dir: &Path) -> Self {
        if !dir.is_dir() {
            let closed = dir.try_exists().is_err_and(|error| error.kind() == ErrorKind::PermissionDenied);
            return if closed { Self::Closed } else { Self::Absent };
        }
        let mut closed = false;
        let site = Site::new(dir);
        for path in [site.station(), site.schedules()] {
            match path.try_exists() {
                Ok(true) => return Self::Station,
                Ok(false) => {}
                Err(error) => closed |= error.kind() == ErrorKind::PermissionDenied,
            }
        }
        if closed { Self::Closed } else { Self::Other }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_station_is_the_named_one_then_the_variables_then_the_nearest_upward_then_the_machines() {
        let root = tempfile::tempdir().unwrap();
        let (home, station) = (root.path().join("home"), root.path().join("xa/dai"));
        let (deep, installed) = (station.join("audio/cu"), root.path().join("lib"));
        for dir in [&home, &deep, &installed] {
            fs::create_dir_all(dir).unwrap();
        }
        let choose = |named: Option<&Path>, variable: Option<&Path>, here: &Path| {
            let place = ChosenStation::choose(named, variable.map(Path::to_owned), here, &installed);
            (place.dir.clone(), place.is_found)
        };
        let nobody = (PathBuf::from("."), false);
        assert_eq!(choose(None, None, &home), nobody);
        fs::create_dir(installed.join("schedules")).unwrap();
        assert_eq!(choose(None, None, &home), (installed.clone(), true));
        fs::write(station.join("loa.toml"), "").unwrap();
        assert_eq!(choose(None, None, &station), nobody, "the one at hand");
        assert_eq!(choose(None, None, &deep), (station.clone(), true));
        assert_eq!(choose(None, Some(&home), &station), (home.clone(), true));
        assert_eq!(choose(Some(&home), Some(&station), &station), (home.clone(), false));
    }

    #[test]
    fn a_station_in_a_place_for_everybody_is_not_come_upon_by_accident() {
        let root = tempfile::tempdir().unwrap();
        let open = root.path().join("tmp");
        let below = open.join("ai-do");
        fs::create_dir_all(&below).unwrap();
        fs::write(open.join("loa.toml"), "").unwrap();
        assert_eq!(above(&below), Some(&*open));
        fs::set_permissions(&open, fs::Permissions::from_mode(0o1777)).unwrap();
        assert_eq!(above(&below), None);
    }

    #[test]
    fn what_is_no_station_is_refused_and_one_without_loa_toml_is_not() {
        let root = tempfile::tempdir().unwrap();
        let exit = |dir: &Path| ChosenStation::refusal(dir).map(|failure| failure.exit());
        assert_eq!(exit(root.path()), Some(Exit::Configuration));
        assert_eq!(exit(&root.path().join("no")), Some(Exit::Configuration));
        let said = ChosenStation::refusal(root.path()).unwrap();
        assert!(said.text().vi.contains("không phải thư mục của đài"), "{said}");
        fs::create_dir(root.path().join("schedules")).unwrap();
        assert_eq!(exit(root.path()), None);
    }
}
