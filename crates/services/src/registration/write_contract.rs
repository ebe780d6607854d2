//! What a step does to the contract on record: registered, changed, withdrawn, in the same commit.

use xiaoxiang_domain::contract::Contract;
use xiaoxiang_domain::fact::{Source, Standing};
use xiaoxiang_store::WriteTx;

use crate::app::App;
use crate::attribution::Footing;
use crate::contract::{OnRecord, Recording, VersionWritten, contract_of_row, write_version};
use crate::refusal::Refusal;

/// What becomes of the contract.
#[derive(Clone, Debug)]
pub(super) enum Effect {
    /// Nothing.
    None,
    /// It is registered under a new number.
    Register(Box<Contract>),
    /// Its next version (变更登记).
    Change {
        /// 登记编号
        number: String,
        /// As it becomes; number, registrar and day of registration stay.
        contract: Box<Contract>,
    },
    /// It leaves the figures (注销、撤销).
    Withdraw {
        /// 登记编号
        number: String,
    },
}

/// Writes the contract's version; unchanged where there is nothing to write.
pub(super) async fn write_effect(
    app: &App,
    tx: &mut WriteTx,
    effect: &Effect,
    footing: &Footing,
) -> Result<VersionWritten, Refusal> {
    let recording = match effect {
        Effect::None => return Ok(VersionWritten::Unchanged),
        Effect::Register(contract) => Recording {
            on_record: OnRecord::Nothing,
            ..Recording::whole(Source::Registry, Contract::clone(contract))
        },
        Effect::Change { number, contract } => {
            let held = on_record(tx, number).await?;
            let changed = Contract {
                registration_number: held.registration_number,
                registered_on: held.registered_on,
                registrar_code: held.registrar_code,
                registrar_name: held.registrar_name,
                landing_division: if contract.landing_division.is_empty() {
                    held.landing_division
                } else {
                    contract.landing_division.clone()
                },
                standing: held.standing,
                ..Contract::clone(contract)
            };
            Recording::whole(Source::Registry, changed)
        }
        Effect::Withdraw { number } => {
            let held = on_record(tx, number).await?;
            Recording::whole(Source::Registry, Contract { standing: Standing::Withdrawn, ..held })
        }
    };
    write_version(app, tx, &recording, footing).await
}

async fn on_record(tx: &mut WriteTx, number: &str) -> Result<Contract, Refusal> {
    let wanted = number.to_owned();
    let found = xiaoxiang_store::contract::find_current(tx, std::slice::from_ref(&wanted)).await?;
    let row = found.get(number).ok_or(Refusal::NotFound(wanted))?;
    contract_of_row(row)
}
