//! `detour classify`: error responses in, a line each; what they are out, a line each. The judgement is core's.

use std::io::{self, BufRead, Write};
use std::process::ExitCode;

use detour_core::cdn::classify::{Response, classify};
use serde_json::json;

use crate::printable::Lines;

/// Classifies every line. A line that cannot be read gets a line that says why, so that lines stay side by side.
///
/// # Errors
/// When the input cannot be read or the output not be written.
pub fn lines(input: impl BufRead, out: &mut impl Write) -> io::Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    for (number, line) in (1..).zip(input.lines()) {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let result = match serde_json::from_str::<Response>(&line) {
            Ok(response) => serde_json::to_value(classify(&response))?,
            Err(error) => {
                code = ExitCode::from(2);
                json!({ "error": format!("line {number} is no response: {error}; see `detour classify --help`") })
            }
        };
        out.json_line(&result)?;
    }
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_gets_a_line_and_a_bad_one_says_what_is_wrong() {
        let input = concat!(
            r#"{"status":503,"headers":{"X-Served-By":["cache-lhr1-LHR"],"server":"Varnish","Retry-After":"0"}}"#,
            "\n\n{\"status\":\"five\"}\n",
        );
        let mut out = Vec::new();
        let code = lines(input.as_bytes(), &mut out).unwrap();
        let out: Vec<serde_json::Value> =
            String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(out.len(), 2);
        assert_eq!((&out[0]["cdn"], &out[0]["generated_by"]), (&json!("Fastly"), &json!("edge")));
        assert!(out[1]["error"].as_str().unwrap().contains("line 3"), "{out:?}");
        assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::from(2)));
    }
}
