//! What a request has to bring along in its variables, looked at before anything runs.
//!
//! The GraphQL library takes a number in the variables for one in the query. The old app did not: it took
//! `5` as a version in the query, and refused it in the variables.

use std::collections::HashMap;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, Type, TypeKind, TypeSystemDefinition, VariableDefinition};
use async_graphql::{Positioned, ServerError};
use serde_json::{Map, Value};

/// The scalars that only text is taken for.
const TEXTS: [&str; 2] = ["Semver", "NumericRange"];

/// The names of the types of every input's fields, lists and `!` aside.
pub(super) struct Inputs(HashMap<String, HashMap<String, String>>);

impl Inputs {
    pub(super) fn of(sdl: &str) -> Self {
        let document = parse_schema(sdl).map(|document| document.definitions).unwrap_or_default();
        let inputs = document.into_iter().filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => match definition.node.kind {
                TypeKind::InputObject(input) => Some((definition.node.name.node.to_string(), input.fields)),
                _ => None,
            },
            _ => None,
        });
        let named = inputs.map(|(name, fields)| {
            let fields = fields.into_iter().map(|field| (field.node.name.node.to_string(), base(&field.node.ty.node)));
            (name, fields.collect())
        });
        Inputs(named.collect())
    }

    /// Every variable that has to be there is, and versions are text.
    pub(super) fn check(
        &self,
        definitions: &[Positioned<VariableDefinition>],
        variables: &Map<String, Value>,
    ) -> Result<(), ServerError> {
        for Positioned { pos, node: definition } in definitions {
            let name = definition.name.node.as_str();
            let ty = &definition.var_type.node;
            let refuse = |message: String| Err(ServerError::new(message, Some(*pos)));
            match variables.get(name) {
                None if !ty.nullable && definition.default_value.is_none() => {
                    return refuse(format!("Variable \"${name}\" of type \"{ty}\" is required and was not given."));
                }
                Some(Value::Null) if !ty.nullable => {
                    return refuse(format!("Variable \"${name}\" of type \"{ty}\" must not be null."));
                }
                Some(value) => {
                    if let Err(Misfit { ty, path }) = self.walk(&base(ty), value) {
                        return refuse(format!("Variable \"${name}{path}\" of type \"{ty}\" has to be text."));
                    }
                }
                None => {}
            }
        }
        Ok(())
    }

    fn walk(&self, ty: &str, value: &Value) -> Result<(), Misfit> {
        match value {
            Value::Number(_) | Value::Bool(_) if TEXTS.contains(&ty) => {
                Err(Misfit { ty: ty.to_owned(), path: String::new() })
            }
            Value::Array(values) => values.iter().enumerate().try_for_each(|(index, value)| {
                self.walk(ty, value).map_err(|misfit| misfit.below(&format!("[{index}]")))
            }),
            Value::Object(values) => {
                let Some(fields) = self.0.get(ty) else { return Ok(()) };
                let mut known = values.iter().filter_map(|(name, value)| Some((name, fields.get(name)?, value)));
                known.try_for_each(|(name, ty, value)| {
                    self.walk(ty, value).map_err(|misfit| misfit.below(&format!(".{name}")))
                })
            }
            _ => Ok(()),
        }
    }
}

/// Something that is no text, and where it stands.
struct Misfit {
    ty: String,
    path: String,
}

impl Misfit {
    fn below(mut self, step: &str) -> Self {
        self.path.insert_str(0, step);
        self
    }
}

/// The name of a type without its lists.
fn base(ty: &Type) -> String {
    match &ty.base {
        BaseType::Named(name) => name.to_string(),
        BaseType::List(inner) => base(inner),
    }
}
