//! A sheet in the national form with all its columns, as CSV and as XLSX.

use std::path::Path;

use anyhow::Result;
use jiff::civil::Date;
use rust_xlsxwriter::Workbook;
use xiaoxiang_domain::contract::{Contract, Party};
use xiaoxiang_domain::money::Fen;
use xiaoxiang_domain::ratio::decimal_text;
use xiaoxiang_domain::region::{ColumnKind, Region};

use crate::data::Contracts;

/// Writes so many rows, CSV or XLSX by the file's ending.
pub fn write(path: &Path, region: &Region, contracts: &Contracts, series: &str, rows: usize) -> Result<()> {
    let columns = region.contract_form().columns();
    let header: Vec<String> = columns
        .iter()
        .map(|column| {
            let unit = if column.kind == ColumnKind::Money { "(元)" } else { "" };
            format!("{}{unit}", column.header)
        })
        .collect();
    let cells = |number: usize| {
        let contract = contracts.contract(series, number);
        columns.iter().map(move |column| cell(&contract, &column.key)).collect::<Vec<String>>()
    };
    if path.extension().is_some_and(|ending| ending == "csv") {
        let mut writer = csv::Writer::from_path(path)?;
        writer.write_record(&header)?;
        for number in 0..rows {
            writer.write_record(cells(number))?;
        }
        return Ok(writer.flush()?);
    }
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    for (line, texts) in (0..).zip(std::iter::once(header).chain((0..rows).map(cells))) {
        for (column, text) in (0..).zip(texts) {
            if !text.is_empty() {
                sheet.write_string(line, column, text)?;
            }
        }
    }
    Ok(workbook.save(path)?)
}

fn cell(contract: &Contract, key: &str) -> String {
    if let Some(field) = key.strip_prefix("seller_") {
        return party_cell(&contract.seller, field);
    }
    if let Some(field) = key.strip_prefix("buyer_") {
        return party_cell(&contract.buyer, field);
    }
    match key {
        "registration_number" => contract.registration_number.clone(),
        "project_name" => contract.project_name.clone(),
        "signed_on" => day(contract.signed_on),
        "valid_from" => day(contract.valid_from),
        "valid_to" => day(contract.valid_to),
        "registered_on" => contract.registered_on.to_string(),
        "contract_type" => contract.contract_type.clone(),
        "field" => contract.field.clone(),
        "ip" => contract.ip.clone(),
        "contract_value" => yuan(contract.contract_value),
        "technology_value" => yuan(contract.technology_value),
        "payment_mode" => contract.payment_mode.clone(),
        "related_party" => yes_no(contract.related_party),
        "plan_source" => contract.plan_source.clone(),
        "socio_economic_objective" => contract.socio_economic_objective.clone(),
        "industry" => contract.industry.clone(),
        "registrar_code" => contract.registrar_code.clone(),
        "registrar_name" => contract.registrar_name.clone(),
        "landing_division" => contract.landing_division.clone(),
        "standing" => "有效".to_owned(),
        _ => String::new(),
    }
}

fn party_cell(party: &Party, field: &str) -> String {
    match field {
        "name" => party.name.clone(),
        "credit_code" => party.credit_code.clone(),
        "division" => party.division.clone(),
        "country" => party.country.clone(),
        "kind" => party.kind.clone(),
        "address" => party.address.clone(),
        "contact" => party.contact.clone(),
        "telephone" => party.telephone.clone(),
        "legal_representative" => party.legal_representative.clone(),
        "established_on" => day(party.established_on),
        "is_transfer_institution" => yes_no(party.is_transfer_institution),
        "is_research_institution" => yes_no(party.is_research_institution),
        "in_hightech_zone" => yes_no(party.in_hightech_zone),
        "listed" => yes_no(party.listed),
        "scale" => party.scale.clone(),
        _ => String::new(),
    }
}

fn day(date: Option<Date>) -> String {
    date.map(|date| date.to_string()).unwrap_or_default()
}

fn yuan(amount: Fen) -> String {
    decimal_text(amount.0.into(), 100, 2)
}

fn yes_no(answer: Option<bool>) -> String {
    match answer {
        Some(true) => "是".to_owned(),
        Some(false) => "否".to_owned(),
        None => String::new(),
    }
}
