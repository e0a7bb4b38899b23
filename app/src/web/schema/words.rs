//! The schema's enums and scalars.

use async_graphql::{Enum, InputValueError, InputValueResult, Scalar, ScalarType, Value};

use crate::web::legacy::{Answer, Asked};

/// How a device stands in one matter.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FeatureState {
    Pass,
    Fail,
    Nudge,
    On,
    Off,
    Unknown,
}

impl From<Answer> for FeatureState {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Pass => FeatureState::Pass,
            Answer::Nudge => FeatureState::Nudge,
            Answer::Fail => FeatureState::Fail,
            Answer::Unknown => FeatureState::Unknown,
        }
    }
}

/// What a policy asks of something that is on or off, there or not.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RequirementOption {
    /// It has to be.
    Always,
    /// It should be.
    Suggested,
    /// It has to be where the device can do it.
    IfSupported,
    /// It must not be.
    Never,
}

impl From<RequirementOption> for Asked {
    fn from(option: RequirementOption) -> Self {
        match option {
            RequirementOption::Always => Asked::Always,
            RequirementOption::Suggested => Asked::Suggested,
            RequirementOption::IfSupported => Asked::IfSupported,
            RequirementOption::Never => Asked::Never,
        }
    }
}

/// A browser. Chromium and its relatives count as Chrome.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(rename_items = "lowercase")]
pub(super) enum Browser {
    Chrome,
    Firefox,
    Safari,
    All,
}

/// How an answer was come by.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Confidence {
    /// The state itself was read.
    Verified,
    /// Something that normally goes with it was read.
    Inferred,
}

/// A version or a range of versions, such as `>=12.1`.
#[derive(Clone, Debug)]
pub(super) struct Semver(pub(super) String);

/// A range of numbers, such as `<=300`.
#[derive(Clone, Debug)]
pub(super) struct NumericRange(pub(super) String);

#[Scalar]
impl ScalarType for Semver {
    fn parse(value: Value) -> InputValueResult<Self> {
        words(value).map(Semver).ok_or_else(|| InputValueError::custom("a version or range is written as text"))
    }

    fn is_valid(value: &Value) -> bool {
        are_words(value)
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

#[Scalar]
impl ScalarType for NumericRange {
    fn parse(value: Value) -> InputValueResult<Self> {
        words(value).map(NumericRange).ok_or_else(|| InputValueError::custom("a range is written as text"))
    }

    fn is_valid(value: &Value) -> bool {
        are_words(value)
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// Any text, and a whole number that stands in the query itself. One in the variables is refused before.
fn words(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) if !number.is_f64() => Some(number.to_string()),
        _ => None,
    }
}

fn are_words(value: &Value) -> bool {
    match value {
        Value::String(_) => true,
        Value::Number(number) => !number.is_f64(),
        _ => false,
    }
}
