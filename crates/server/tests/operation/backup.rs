//! Backup while others write, and restore.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::support::Place;

fn restored_of(file: &std::path::Path, arguments: &[&str]) -> Place {
    let place = Place::sqlite();
    let file = file.to_str().unwrap();
    place.done(&[&["restore", file], arguments].concat());
    place
}

#[test]
fn a_backup_under_running_writes_is_whole_and_restores_to_what_was_acknowledged() {
    let place = Arc::new(Place::sqlite());
    place.import_region();
    place.import(1..51);
    let server = place.serve(&[]);
    let is_done = Arc::new(AtomicBool::new(false));
    let writer = {
        let (place, is_done) = (place.clone(), is_done.clone());
        std::thread::spawn(move || {
            let mut next = 51;
            while !is_done.load(Ordering::Relaxed) {
                place.import(next..next + 20);
                next += 20;
            }
            next - 1
        })
    };
    let mut counts = Vec::new();
    for number in 0..3 {
        let before = place.count();
        let file = place.path(&format!("{number}.backup"));
        let said = place.run(&["backup", file.to_str().unwrap(), "--format", "json"]);
        assert_eq!(said.code, 0, "{}", said.stderr);
        let after = place.count();
        let report: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
        assert_eq!(report[0]["sha256"].as_str().unwrap().len(), 64);
        let restored = restored_of(&file, &[]);
        let count = restored.count();
        assert!((before..=after).contains(&count), "{before} {count} {after}");
        assert_eq!((count - 50) % 20, 0, "an import is in it whole or not at all");
        restored.done(&["audit", "check"]);
        counts.push(count);
    }
    is_done.store(true, Ordering::Relaxed);
    let last = writer.join().unwrap();
    assert_eq!(place.count(), last, "the backup disturbed no import");
    assert_eq!(server.get("/health/ready").status, 200);
    server.stop();
    assert!(counts.is_sorted());
    assert!(counts.last().unwrap() > &50, "nothing was written meanwhile: the test proves nothing");
}

#[test]
fn a_backup_overwrites_nothing_and_leaves_nothing_half_done() {
    let place = Place::sqlite();
    place.import_region();
    let file = place.path("kept");
    std::fs::write(&file, "precious").unwrap();
    let refused = place.refused(&["backup", file.to_str().unwrap()]);
    assert!(refused.contains("不会覆盖") && refused.contains("not overwritten"), "{refused}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "precious");
    let nowhere = place.path("no/such/folder/backup");
    assert_eq!(place.run(&["backup", nowhere.to_str().unwrap()]).code, 3);
    place.done(&["backup", place.path("good").to_str().unwrap()]);
    let left: Vec<String> = std::fs::read_dir(place.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("unfinished"))
        .collect();
    assert_eq!(left, Vec::<String>::new());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(place.path("good")).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "personal data are in it");
    }
}

#[test]
fn a_database_is_replaced_only_on_demand_and_never_under_a_server() {
    let place = Place::sqlite();
    place.import_region();
    place.import(1..11);
    let file = place.path("ten.backup");
    let file = file.to_str().unwrap();
    place.done(&["backup", file]);
    place.import(11..21);
    let refused = place.refused(&["restore", file]);
    assert!(refused.contains("--replace"), "{refused}");

    let server = place.serve(&[]);
    let held = place.refused(&["restore", file, "--replace"]);
    assert!(held.contains("停止服务") && held.contains("stop the server"), "{held}");
    assert_eq!(server.get("/health/ready").status, 200);
    server.stop();
    assert_eq!(place.count(), 20, "a refused restore changes nothing");

    let said = place.run(&["restore", file, "--replace"]);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert_eq!(place.count(), 10);
    let kept = std::fs::read_dir(place.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_string_lossy().contains(".replaced-"))
        .unwrap();
    assert!(said.stderr.contains(kept.to_str().unwrap()), "{}", said.stderr);
    let former = Place::at(&format!("sqlite:{}", kept.display()));
    assert_eq!(former.count(), 20, "what was replaced is kept");
    assert_eq!(restored_of(std::path::Path::new(file), &[]).count(), 10, "the backup itself is untouched");
}

#[test]
fn a_server_that_was_killed_holds_nothing_and_loses_nothing() {
    let place = Place::sqlite();
    place.import_region();
    let server = place.serve(&[]);
    place.import(1..11);
    let file = place.path("b");
    place.done(&["backup", file.to_str().unwrap()]);
    place.import(11..21);
    server.signal("-KILL");
    drop(server);
    place.done(&["restore", file.to_str().unwrap(), "--replace"]);
    assert_eq!(place.count(), 10);
}

#[test]
fn what_is_no_sound_backup_is_refused_and_the_database_stays() {
    let place = Place::sqlite();
    place.import_region();
    place.import(1..200);
    let good = place.path("good");
    place.done(&["backup", good.to_str().unwrap()]);
    let bytes = std::fs::read(&good).unwrap();

    let mut torn = bytes.clone();
    torn.truncate(bytes.len() / 2);
    let mut flipped = bytes.clone();
    // A leaf hash of the log, somewhere in its table: the pages stay well formed, the tree does not.
    let place_of = |needle: &[u8]| bytes.windows(needle.len()).position(|window| window == needle).unwrap();
    let payload = place_of(b"contract.imported");
    for byte in &mut flipped[payload..payload + 600] {
        *byte = byte.wrapping_add(1);
    }
    let cases: [(&str, &[u8]); 4] =
        [("torn", &torn), ("flipped", &flipped), ("text", b"not a database"), ("empty", b"")];
    for (name, content) in cases {
        let bad = place.path(name);
        std::fs::write(&bad, content).unwrap();
        let ended = place.run(&["restore", bad.to_str().unwrap(), "--replace"]);
        assert_ne!(ended.code, 0, "{name}");
        assert_eq!(place.count(), 199, "{name}");
    }
    let live = place.path("live.db");
    std::fs::write(&live, &bytes).unwrap();
    std::fs::write(place.path("live.db-wal"), "frames").unwrap();
    let refused = place.refused(&["restore", live.to_str().unwrap(), "--replace"]);
    assert!(refused.contains("xiaoxiang backup"), "{refused}");
    let unfinished = std::fs::read_dir(place.folder.path())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().contains("unfinished"));
    assert_eq!(unfinished.count(), 0);
}

#[test]
fn on_postgres_both_name_the_servers_own_programs() {
    let place = Place::at("postgres://nobody@127.0.0.1:1/nothing");
    for arguments in [["backup", "x"], ["restore", "x"]] {
        let refused = place.refused(&arguments);
        assert!(refused.contains("pg_dump") && refused.contains("pg_restore"), "{refused}");
    }
}
