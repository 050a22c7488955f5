//! The JSON Schema of `targets.toml`, with which editors complete and explain its keys.
//!
//! The reader decides, not the schema, which knows nothing of the environment nor of what values
//! mean together. Tests hold its keys and defaults to those of the reader.

/// JSON Schema, draft 2020-12.
pub const SCHEMA: &str = include_str!("schema.json");

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::SCHEMA;
    use crate::config::values::{Text, duration};
    use crate::config::{defaults, keys};

    const EXAMPLE: &str = include_str!("../../targets.toml");

    fn schema() -> Value {
        serde_json::from_str(SCHEMA).unwrap()
    }

    fn example() -> Value {
        toml::from_str(EXAMPLE).unwrap()
    }

    fn errors(instance: &Value) -> Vec<String> {
        let validator = jsonschema::draft202012::new(&schema()).unwrap();
        validator
            .iter_errors(instance)
            .map(|e| e.to_string())
            .collect()
    }

    #[test]
    fn it_is_a_schema_of_draft_2020_12() {
        assert!(jsonschema::draft202012::meta::is_valid(&schema()));
    }

    #[test]
    fn the_example_of_the_repository_is_valid() {
        assert_eq!(errors(&example()), Vec::<String>::new());
    }

    #[test]
    fn what_the_reader_refuses_is_refused() {
        let changes = [
            ("/measure", json!({ "quite": "2s" })),
            (
                "/target/0/pages/home",
                json!({ "url": "https://a.example/", "expects": "x" }),
            ),
            ("/target/0/pages/home", json!("a.example")),
            ("/target/0/id", json!("Not An Id")),
            ("/profile/0/network", json!("4 G")),
            ("/measure/rounds", json!(0)),
            ("/measure/quiet", json!("2 seconds")),
            ("/region", json!([])),
        ];
        for (pointer, value) in changes {
            let mut instance = example();
            *instance.pointer_mut(pointer).unwrap() = value;
            assert_eq!(errors(&instance).len(), 1, "{pointer}");
        }
    }

    #[test]
    fn every_table_has_the_keys_that_the_reader_knows() {
        let tables = [
            (&keys::ROOT, ""),
            (&keys::PROJECT, "/properties/project"),
            (&keys::MEASURE, "/properties/measure"),
            (&keys::TARGET, "/properties/target/items"),
            (&keys::PAGE, "/$defs/page"),
            (&keys::REGION, "/properties/region/items"),
            (&keys::PROFILE, "/properties/profile/items"),
            (&keys::DEVICE, "/properties/device/items"),
            (&keys::NETWORK, "/properties/network/items"),
            (&keys::MANNERS, "/properties/manners"),
            (&keys::SCHEDULE, "/properties/schedule"),
            (&keys::REPORT, "/properties/report"),
            (&keys::PLAN, "/properties/schedule/properties/plan/items"),
            (
                &keys::BLACKOUT,
                "/properties/schedule/properties/blackout/items",
            ),
            (&keys::NOTIFY, "/properties/notify/items"),
            (&keys::BUSINESS, "/properties/business"),
            (&keys::BUDGET, "/properties/budget/items"),
            (&keys::ALERTS, "/properties/alerts"),
            (&keys::EVIDENCE, "/properties/evidence"),
            (
                &keys::CONSENT,
                "/properties/target/items/properties/consent",
            ),
            (&keys::CONTROL, "/properties/control"),
        ];
        let schema = schema();
        for (keys, pointer) in tables {
            let table = schema.pointer(pointer).unwrap();
            let properties = table["properties"].as_object().unwrap();
            let written: Vec<&str> = properties.keys().map(String::as_str).collect();
            assert_eq!(written, keys.known, "{}", keys.title);
            assert_eq!(
                table["additionalProperties"],
                json!(false),
                "{}",
                keys.title
            );
            for (key, property) in properties {
                let said = property.get("description").is_some() || key == "url";
                assert!(said, "`{key}` needs a description");
            }
        }
    }

    #[test]
    fn its_defaults_are_those_of_the_reader() {
        let schema = schema();
        let default = |table: &str, key: &str| {
            schema["properties"][table]["properties"][key]["default"].clone()
        };
        assert_eq!(default("project", "database"), defaults::DATABASE);
        assert_eq!(default("measure", "rounds"), defaults::ROUNDS);
        assert_eq!(default("manners", "block_beacons"), defaults::BLOCK_BEACONS);
        let size = default("manners", "daily_bytes")
            .as_str()
            .unwrap()
            .to_owned();
        let text = Text {
            raw: size.clone(),
            value: size,
        };
        assert_eq!(
            crate::config::values::size(&text).unwrap(),
            defaults::DAILY_BYTES
        );
        assert_eq!(
            default("manners", "daily_page_views"),
            defaults::DAILY_PAGE_VIEWS
        );
        assert_eq!(default("schedule", "backup_to"), defaults::BACKUP_TO);
        assert_eq!(default("alerts", "false_a_month"), defaults::FALSE_A_MONTH);
        assert_eq!(default("schedule", "backup_keep"), defaults::BACKUP_KEEP);
        assert_eq!(
            default("schedule", "disk_free_min_mb"),
            defaults::DISK_FREE_MIN_MB
        );
        for (table, key, expected) in [
            ("measure", "quiet", defaults::QUIET),
            ("measure", "timeout", defaults::TIMEOUT),
            ("measure", "calm", defaults::CALM),
            ("manners", "distance", defaults::DISTANCE),
            ("report", "expectation", defaults::EXPECTATION),
            ("report", "leaders", defaults::LEADERS),
            ("schedule", "catch_up", defaults::CATCH_UP),
            ("evidence", "keep", defaults::KEEP),
        ] {
            let raw = default(table, key).as_str().unwrap().to_owned();
            let value = raw.clone();
            assert_eq!(duration(&Text { raw, value }).unwrap(), expected, "{key}");
        }
    }
}
