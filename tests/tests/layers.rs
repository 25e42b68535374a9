//! Arrows between the rooms of the grader point one way: what a room's files name with `use` or in a
//! path is held against the lists here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The rooms of `rust/sdgrade/src`, each with the rooms that it may use. What is no folder (the
/// budget, the policy) is not listed.
const ROOMS: [(&str, &[&str]); 6] = [
    ("canonical", &[]),
    ("value", &["canonical"]),
    // What words say is a value, and a unit's factor is a number.
    ("read", &["value", "canonical"]),
    ("lower", &["read", "value", "canonical"]),
    ("equivalence", &["value", "canonical"]),
    ("verdict", &["read", "lower", "equivalence", "value", "canonical"]),
];

/// The rooms of `canonical`, each of which may use those before it.
const ALGEBRA: [&str; 7] =
    ["number", "expression", "enclosure", "normal", "normalise", "decide", "calculus"];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../rust/sdgrade/src")
}

/// The Rust files below a folder, or the file itself; tests are no part of the architecture.
fn files(folder: &Path) -> Vec<PathBuf> {
    if folder.is_file() {
        return vec![folder.to_owned()];
    }
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.expect("a readable folder").path();
        let tests = path.file_stem().is_some_and(|stem| stem == "tests");
        if path.is_dir() && !tests {
            found.append(&mut files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") && !tests {
            found.push(path);
        }
    }
    found
}

/// The code of a file without its comments.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let lines = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// The names that follow `prefix` in paths, those in braces one by one.
fn names_after(code: &str, prefix: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let identifier = |text: &str| -> String {
        text.trim_start().chars().take_while(|&c| c.is_alphanumeric() || c == '_').collect()
    };
    for (at, _) in code.match_indices(prefix) {
        // `super::super::` is the prefix of another room.
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':') {
            continue;
        }
        let rest = &code[at + prefix.len()..];
        let Some(inner) = rest.strip_prefix('{') else {
            names.insert(identifier(rest));
            continue;
        };
        let mut depth = 0_usize;
        let mut start = 0;
        for (index, character) in inner.char_indices() {
            match character {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                ',' | '}' if depth == 0 => {
                    names.insert(identifier(&inner[start..index]));
                    start = index + 1;
                }
                _ => {}
            }
            if character == '}' && depth == 0 && start == index + 1 {
                break;
            }
        }
    }
    names.remove("");
    names
}

#[test]
fn names_are_found_in_paths_and_in_braces() {
    let code =
        "use crate::a::B;\nuse crate::{b::{C, D}, e,};\nlet x = crate::f::g(super::crate::h);";
    let found: Vec<String> = names_after(code, "crate::").into_iter().collect();
    assert_eq!(found, ["a", "b", "e", "f"]);
}

#[test]
fn a_room_uses_only_what_is_below_it() {
    let rooms: Vec<&str> = ROOMS.iter().map(|(room, _)| *room).collect();
    let mut wrong = Vec::new();
    for (room, below) in ROOMS {
        let folder = source().join(room);
        if !folder.is_dir() {
            continue;
        }
        for path in files(&folder) {
            for used in names_after(&code(&path), "crate::") {
                let known = rooms.contains(&used.as_str()) && used != room;
                if known && !below.contains(&used.as_str()) {
                    wrong.push(format!("{}: {used}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn a_room_of_the_algebra_uses_only_what_is_below_it() {
    let folder = source().join("canonical");
    let mut wrong = Vec::new();
    for (height, room) in ALGEBRA.iter().enumerate() {
        for path in files(&folder.join(room)) {
            for used in names_after(&code(&path), "crate::canonical::") {
                if !ALGEBRA[..height].contains(&used.as_str()) {
                    wrong.push(format!("{}: {used}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    let present: BTreeSet<String> = std::fs::read_dir(&folder)
        .expect("a readable folder")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.is_dir() && !path.ends_with("tests"))
        .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
        .collect();
    assert_eq!(present, ALGEBRA.iter().map(ToString::to_string).collect());
}

/// Which files of a folder a file uses: those whose names follow `prefix`.
fn uses(folder: &Path, prefix: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut uses = BTreeMap::new();
    for path in files(folder) {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        if name != "mod" {
            uses.insert(name, names_after(&code(&path), prefix));
        }
    }
    uses
}

/// No chain of files that use each other returns.
fn assert_no_circle(room: &str, mut uses: BTreeMap<String, BTreeSet<String>>) {
    // What uses nothing that is left is taken away, until nothing is left.
    while !uses.is_empty() {
        let free: BTreeSet<String> = uses
            .iter()
            .filter(|(_, used)| used.iter().all(|name| !uses.contains_key(name)))
            .map(|(file, _)| file.clone())
            .collect();
        let left: Vec<_> = uses.keys().collect();
        assert!(!free.is_empty(), "{room}: a circle among {left:?}");
        uses.retain(|file, _| !free.contains(file));
    }
}

/// Within a room a file names the files that it uses with `super::`, and no chain of these returns.
#[test]
fn the_files_of_a_room_of_the_algebra_form_no_circle() {
    for room in ALGEBRA {
        let uses = uses(&source().join("canonical").join(room), "super::");
        for (file, used) in &uses {
            let unknown: Vec<_> = used.iter().filter(|name| !uses.contains_key(*name)).collect();
            assert!(unknown.is_empty(), "{room}/{file}.rs: {unknown:?} is not a file of its room");
        }
        assert_no_circle(room, uses);
    }
}

#[test]
fn the_files_of_regrading_form_no_circle() {
    let folder = source().join("../../sdgrade-arrow/src/files");
    assert_no_circle("files", uses(&folder, "crate::files::"));
}
