//! What packages and `cargo install` users take from the program itself.

use crate::support::Desk;

#[test]
fn completions_are_printed_for_each_shell_and_others_refused() {
    let desk = Desk::new();
    for (shell, sign) in [
        ("bash", "complete -F _rnnscope"),
        ("zsh", "#compdef rnnscope"),
        ("fish", "complete -c rnnscope"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion"),
    ] {
        let script = desk.ok(&format!("completions {shell}"));
        assert!(script.contains(sign), "{sign} in {script}");
        for word in ["explore", "forget-bias", "hidden-size", "running-mean"] {
            assert!(script.contains(word), "{word} for {shell}");
        }
    }
    let output = desk.run("completions tcsh");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.lines().count() == 1 && said.contains("tcsh") && said.contains("fish"), "{said}");
}

#[test]
fn manual_pages_lie_in_the_folder_named() {
    let desk = Desk::new();
    desk.ok("man-pages share/man1");
    let pages = desk.files_in("share/man1");
    for name in ["rnnscope.1", "rnnscope-explore.1", "rnnscope-train.1"] {
        assert!(pages.iter().any(|page| page == name), "{name} in {pages:?}");
        let page = std::fs::read_to_string(desk.path("share/man1").join(name)).expect("page");
        assert!(page.contains(".TH rnnscope") && page.contains(".SH NAME"), "{page}");
    }

    desk.put("file", "");
    let output = desk.run("man-pages file");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.lines().count() == 1 && said.contains("file"), "{said}");
}
