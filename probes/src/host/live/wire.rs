//! Between D-Bus values and JSON.

use serde_json::{Map, Value as Json};
use zbus::zvariant::{Array, Dict, ObjectPath, Signature, Str, Structure, StructureBuilder, Value};

/// A string argument that stands for this program's own name on the bus, which polkit wants to be told.
const OWN_NAME: &str = ":self";

/// The arguments of a call as a message body; `None` for no arguments. `own_name` takes the place of `:self`.
pub(super) fn body(arguments: &[(String, Json)], own_name: &str) -> Result<Option<Structure<'static>>, String> {
    if arguments.is_empty() {
        return Ok(None);
    }
    let mut builder = StructureBuilder::new();
    for (signature, json) in arguments {
        let parsed = Signature::try_from(signature.as_str())
            .map_err(|error| format!("`{signature}` is no D-Bus signature: {error}"))?;
        builder = builder.append_field(to_wire(&parsed, json, own_name)?);
    }
    builder.build().map(Some).map_err(|error| error.to_string())
}

fn to_wire(signature: &Signature, json: &Json, own_name: &str) -> Result<Value<'static>, String> {
    let wrong = || format!("{json} does not fit the D-Bus type `{signature}`");
    let signed = || json.as_i64().ok_or_else(wrong);
    let unsigned = || json.as_u64().ok_or_else(wrong);
    let value = match signature {
        Signature::Bool => Value::Bool(json.as_bool().ok_or_else(wrong)?),
        Signature::U8 => Value::U8(narrow(unsigned()?, wrong)?),
        Signature::U16 => Value::U16(narrow(unsigned()?, wrong)?),
        Signature::U32 => Value::U32(narrow(unsigned()?, wrong)?),
        Signature::U64 => Value::U64(unsigned()?),
        Signature::I16 => Value::I16(narrow(signed()?, wrong)?),
        Signature::I32 => Value::I32(narrow(signed()?, wrong)?),
        Signature::I64 => Value::I64(signed()?),
        Signature::F64 => Value::F64(json.as_f64().ok_or_else(wrong)?),
        Signature::Str => {
            let text = json.as_str().ok_or_else(wrong)?;
            let text = if text == OWN_NAME { own_name } else { text };
            Value::Str(Str::from(text.to_owned()))
        }
        Signature::ObjectPath => {
            let path = json.as_str().ok_or_else(wrong)?.to_owned();
            Value::ObjectPath(ObjectPath::try_from(path).map_err(|error| error.to_string())?)
        }
        Signature::Variant => Value::Value(Box::new(to_wire(&guess(json).ok_or_else(wrong)?, json, own_name)?)),
        Signature::Array(child) => {
            let mut array = Array::new(child.signature());
            for item in json.as_array().ok_or_else(wrong)? {
                let item = to_wire(child.signature(), item, own_name)?;
                array.append(item).map_err(|error| error.to_string())?;
            }
            Value::Array(array)
        }
        Signature::Dict { key, value } => {
            let mut dict = Dict::new(key.signature(), value.signature());
            for (name, item) in json.as_object().ok_or_else(wrong)? {
                let name = to_wire(key.signature(), &Json::from(name.as_str()), own_name)?;
                let item = to_wire(value.signature(), item, own_name)?;
                dict.append(name, item).map_err(|error| error.to_string())?;
            }
            Value::Dict(dict)
        }
        Signature::Structure(fields) => {
            let items = json.as_array().ok_or_else(wrong)?;
            if items.len() != fields.len() {
                return Err(wrong());
            }
            let mut builder = StructureBuilder::new();
            for (field, item) in fields.iter().zip(items) {
                builder = builder.append_field(to_wire(field, item, own_name)?);
            }
            Value::Structure(builder.build().map_err(|error| error.to_string())?)
        }
        _ => return Err(wrong()),
    };
    Ok(value)
}

fn narrow<A, B: TryFrom<A>>(number: A, wrong: impl Fn() -> String) -> Result<B, String> {
    B::try_from(number).map_err(|_out_of_range| wrong())
}

/// The type of a variant that is given without one.
fn guess(json: &Json) -> Option<Signature> {
    match json {
        Json::String(_) => Some(Signature::Str),
        Json::Bool(_) => Some(Signature::Bool),
        Json::Number(number) if number.is_u64() => Some(Signature::U32),
        Json::Number(number) if number.is_i64() => Some(Signature::I32),
        Json::Number(_) => Some(Signature::F64),
        Json::Array(items) if items.iter().all(Json::is_string) => Some(Signature::array(Signature::Str)),
        _ => None,
    }
}

/// The reply: one value alone, several in an array, none as null.
pub(super) fn reply(fields: Vec<Value<'_>>) -> Json {
    let mut values: Vec<Json> = fields.iter().map(to_json).collect();
    match values.len() {
        0 => Json::Null,
        1 => values.remove(0),
        _ => Json::Array(values),
    }
}

fn to_json(value: &Value<'_>) -> Json {
    match value {
        Value::U8(number) => Json::from(*number),
        Value::Bool(flag) => Json::from(*flag),
        Value::I16(number) => Json::from(*number),
        Value::U16(number) => Json::from(*number),
        Value::I32(number) => Json::from(*number),
        Value::U32(number) => Json::from(*number),
        Value::I64(number) => Json::from(*number),
        Value::U64(number) => Json::from(*number),
        Value::F64(number) => Json::from(*number),
        Value::Str(text) => Json::from(text.as_str()),
        Value::Signature(signature) => Json::from(signature.to_string()),
        Value::ObjectPath(path) => Json::from(path.as_str()),
        Value::Value(inner) => to_json(inner),
        Value::Array(array) => Json::Array(array.inner().iter().map(to_json).collect()),
        Value::Dict(dict) => {
            Json::Object(dict.iter().map(|(key, value)| (name(key), to_json(value))).collect::<Map<_, _>>())
        }
        Value::Structure(structure) => Json::Array(structure.fields().iter().map(to_json).collect()),
        // It says nothing.
        #[cfg(unix)]
        Value::Fd(_) => Json::Null,
    }
}

fn name(key: &Value<'_>) -> String {
    match to_json(key) {
        Json::String(text) => text,
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_goes_to_the_wire_and_comes_back() {
        let cases = [
            ("s", json!("x")),
            ("as", json!(["a", "b"])),
            ("a{sv}", json!({"a": "b", "c": true})),
            ("(sa{sv})", json!(["system-bus-name", {"name": "ann"}])),
            ("a(ss)", json!([["a", "b"]])),
            ("ay", json!([1, 255])),
            ("x", json!(-5)),
            ("o", json!("/org/a")),
            ("v", json!(["a"])),
            ("a{us}", json!({})),
        ];
        for (signature, value) in cases {
            let body = body(&[(signature.to_owned(), value.clone())], ":1.7").expect(signature).expect("one argument");
            assert_eq!(reply(body.into_fields()), value, "{signature}");
        }
    }

    #[test]
    fn several_arguments_are_several_fields() {
        let body = body(&[("s".into(), json!(":self")), ("u".into(), json!(4))], ":1.7").expect("fits").expect("two");
        assert_eq!(body.signature().to_string_no_parens(), "su");
        assert_eq!(reply(body.into_fields()), json!([":1.7", 4]));
    }

    #[test]
    fn what_does_not_fit_is_said() {
        for (signature, value) in [
            ("u", json!(-1)),
            ("y", json!(256)),
            ("s", json!(1)),
            ("nonsense", json!(1)),
            ("(ss)", json!(["a"])),
            ("o", json!("a")),
        ] {
            assert!(body(&[(signature.to_owned(), value)], "").is_err(), "{signature}");
        }
    }
}
