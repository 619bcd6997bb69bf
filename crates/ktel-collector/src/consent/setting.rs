//! What a source says.

use std::fmt;

use ktel_types::report::Category;

/// What a source says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    mode: Mode,
    categories: Vec<Category>,
    is_confirmed: bool,
}

/// What is done with reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// Nothing is read, nothing is sent.
    Off,
    /// Reports are made for whoever looks at them here; nothing is sent.
    Local,
    /// Reports are sent.
    On,
}

impl Setting {
    /// Nothing.
    #[must_use]
    pub fn off() -> Self {
        Self { mode: Mode::Off, categories: Vec::new(), is_confirmed: false }
    }

    /// Everything is collected, nothing is sent.
    #[must_use]
    pub fn local() -> Self {
        Self { mode: Mode::Local, categories: Category::ALL.to_vec(), is_confirmed: false }
    }

    /// Everything.
    #[must_use]
    pub fn on() -> Self {
        Self { mode: Mode::On, categories: Category::ALL.to_vec(), is_confirmed: false }
    }

    /// No more than these categories. Without any, nothing.
    #[must_use]
    pub fn only(self, categories: &[Category]) -> Self {
        let is_confirmed = self.is_confirmed;
        Self { is_confirmed, ..self.and(&Self { categories: categories.to_vec(), ..Self::on() }) }
    }

    /// The same, said by an administrator of the cluster and not by whoever built the program: it holds even where the cluster
    /// itself cannot be asked.
    #[must_use]
    pub fn confirmed(self) -> Self {
        Self { is_confirmed: true, ..self }
    }

    /// What is done with reports.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The categories that may be read, in the order of the standard.
    #[must_use]
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// The stricter of both in every respect.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let both = |category: &&Category| self.categories.contains(category) && other.categories.contains(category);
        let categories: Vec<Category> = Category::ALL.iter().filter(both).copied().collect();
        match self.mode.min(other.mode) {
            Mode::Off => Self::off(),
            _ if categories.is_empty() => Self::off(),
            mode => Self { mode, categories, is_confirmed: false },
        }
    }

    /// Whether an administrator has said so, and has not said off.
    pub(super) fn is_confirmed(&self) -> bool {
        self.is_confirmed && self.mode != Mode::Off
    }

    /// What a text says: `off`, `local`, `on`, or categories separated by commas. What cannot be read means off.
    pub(super) fn parse(text: &str) -> Self {
        match text.trim().to_ascii_lowercase().as_str() {
            "on" => Self::on(),
            "local" => Self::local(),
            list => {
                let named = |name: &str| Category::ALL.iter().find(|known| known.as_str().eq_ignore_ascii_case(name));
                let categories: Option<Vec<Category>> =
                    list.split(',').map(|name| named(name.trim()).copied()).collect();
                categories.map_or_else(Self::off, |categories| Self::on().only(&categories))
            }
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = match self.mode {
            Mode::Off => return f.write_str("off"),
            Mode::Local => "local",
            Mode::On => "on",
        };
        let categories: Vec<&str> = self.categories.iter().map(|category| category.as_str()).collect();
        write!(f, "{mode} for {}", categories.join(", "))
    }
}
