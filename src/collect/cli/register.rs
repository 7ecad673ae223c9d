use loa_core::diag::{Text, text};

use super::{CentreGround, Failed, Screen, at};
use crate::fleet::{FleetError, Register};

/// The register; none where no fleet was ever set up. One that is lost or cannot be read is a failure.
pub(super) fn register(ground: &CentreGround) -> Result<Option<Register>, Failed> {
    match Register::read(&ground.dir) {
        Ok(register) => Ok(Some(register)),
        Err(FleetError::Absent) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The same for whoever counts stations: where there is none, those of which nothing has come are left out, and that is said.
pub(super) fn counted_register(ground: &CentreGround) -> Result<Option<Register>, Failed> {
    let register = register(ground)?;
    if register.is_none() {
        let Text { vi, en } = at(&ground.dir, &FleetError::Absent.text());
        let said = text!(
            "Chỉ kể những đài đã gửi nhật ký, không biết còn đài nào: {vi}",
            "Only stations whose journal has come are told, and nobody knows of others: {en}"
        );
        Screen::aside(said.get(ground.lang));
    }
    Ok(register)
}
