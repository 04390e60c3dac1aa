//! Who uses whom, and the circles in it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// Modules by name, each with those that it uses and the items it uses of them.
#[derive(Debug, Default)]
pub(super) struct Graph(BTreeMap<String, BTreeMap<String, BTreeSet<String>>>);

/// Modules each of which leads to all the others.
#[derive(Debug)]
pub(super) struct Circle {
    modules: Vec<String>,
    /// User, used, items.
    edges: Vec<(String, String, BTreeSet<String>)>,
}

impl Graph {
    pub(super) fn add(&mut self, user: &str, used: &str, item: &str) {
        self.0.entry(user.to_owned()).or_default().entry(used.to_owned()).or_default().insert(item.to_owned());
    }

    /// The circles, each of them as large as it is.
    pub(super) fn circles(&self) -> Vec<Circle> {
        let reached: BTreeMap<&str, BTreeSet<&str>> =
            self.0.keys().map(|module| (module.as_str(), self.reached_from(module))).collect();
        let leads = |from: &str, to: &str| reached.get(from).is_some_and(|reached| reached.contains(to));
        let mut done = BTreeSet::new();
        let mut circles = Vec::new();
        for module in self.0.keys() {
            if !leads(module, module) || done.contains(module) {
                continue;
            }
            let modules: Vec<String> =
                self.0.keys().filter(|other| leads(module, other) && leads(other, module)).cloned().collect();
            done.extend(modules.iter().cloned());
            circles.push(self.circle(modules));
        }
        circles
    }

    fn circle(&self, modules: Vec<String>) -> Circle {
        let edges = modules.iter().filter_map(|user| Some((user, self.0.get(user)?)));
        let edges = edges.flat_map(|(user, uses)| uses.iter().map(move |(used, items)| (user, used, items)));
        let within = edges.filter(|(_, used, _)| modules.contains(used));
        let edges = within.map(|(user, used, items)| (user.clone(), used.clone(), items.clone())).collect();
        Circle { modules, edges }
    }

    fn reached_from<'a>(&'a self, module: &'a str) -> BTreeSet<&'a str> {
        let mut reached = BTreeSet::new();
        let mut pending = vec![module];
        while let Some(next) = pending.pop() {
            let used = self.0.get(next).into_iter().flatten().map(|(used, _)| used.as_str());
            pending.extend(used.filter(|used| reached.insert(*used)));
        }
        reached
    }
}

impl fmt::Display for Circle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (last, others) = self.modules.split_last().map_or(("", &[][..]), |(last, others)| (last, others));
        let others: Vec<&str> = others.iter().map(|name| shown(name)).collect();
        write!(f, "{} and {} use each other", others.join(", "), shown(last))?;
        for (user, used, items) in &self.edges {
            let items: Vec<String> = items.iter().map(|item| path(used, item)).collect();
            write!(f, "\n  {} uses {}", shown(user), items.join(", "))?;
        }
        Ok(())
    }
}

fn shown(name: &str) -> &str {
    if name.is_empty() { "the crate's root" } else { name }
}

fn path(module: &str, item: &str) -> String {
    if module.is_empty() { item.to_owned() } else { format!("{module}::{item}") }
}
