//! Small checked numbers and names: basis points, tiers, severities, digests.
//!
//! Each refuses what it cannot hold when it is read, so that no later code has to ask again.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A value of the right type that is out of its range or form. Says what was expected; the reader of the document
/// knows what was found and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// What was expected, to be read after the word "expected".
    pub expected: &'static str,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}", self.expected)
    }
}

impl std::error::Error for Unfit {}

/// A share in hundredths of a percent: 0 is none, 10,000 is all. Integers, because a verdict must not depend on rounding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u16", into = "u16")]
#[schemars(with = "u16", extend("maximum" = 10_000))]
pub struct BasisPoints(u16);

impl BasisPoints {
    /// The number, 0 to 10,000.
    pub fn get(self) -> u16 {
        self.0
    }
}

impl TryFrom<u16> for BasisPoints {
    type Error = Unfit;
    fn try_from(bp: u16) -> Result<Self, Unfit> {
        if bp > 10_000 {
            return Err(Unfit { expected: "basis points from 0 (none) to 10000 (all); 100 is one percent" });
        }
        Ok(Self(bp))
    }
}

impl From<BasisPoints> for u16 {
    fn from(bp: BasisPoints) -> u16 {
        bp.0
    }
}

/// A share in millionths, for what basis points are too coarse for: 99.999 % is 999,990.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u32", into = "u32")]
#[schemars(with = "u32", extend("maximum" = 1_000_000))]
pub struct PartsPerMillion(u32);

impl PartsPerMillion {
    /// The number, 0 to 1,000,000.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for PartsPerMillion {
    type Error = Unfit;
    fn try_from(ppm: u32) -> Result<Self, Unfit> {
        if ppm > 1_000_000 {
            return Err(Unfit { expected: "parts per million from 0 to 1000000; 999000 is 99.9 percent" });
        }
        Ok(Self(ppm))
    }
}

impl From<PartsPerMillion> for u32 {
    fn from(ppm: PartsPerMillion) -> u32 {
        ppm.0
    }
}

/// How much stands on a service: 0 (others stand on it: authentication, DNS, storage) to 3 (nobody waits for it).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u8", into = "u8")]
#[schemars(with = "u8", extend("maximum" = 3))]
pub struct Tier(u8);

impl Tier {
    /// The tier of what nobody has classified: it may be what everything stands on.
    pub const UNCLASSIFIED: Self = Self(0);

    /// The number, 0 to 3.
    pub fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Tier {
    type Error = Unfit;
    fn try_from(tier: u8) -> Result<Self, Unfit> {
        if tier > 3 {
            return Err(Unfit { expected: "a tier from 0 (others stand on it) to 3 (nobody waits for it)" });
        }
        Ok(Self(tier))
    }
}

impl From<Tier> for u8 {
    fn from(tier: Tier) -> u8 {
        tier.0
    }
}

/// How bad an incident is: 1 (the worst) to 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u8", into = "u8")]
#[schemars(with = "u8", extend("minimum" = 1, "maximum" = 5))]
pub struct Severity(u8);

impl Severity {
    /// The number, 1 to 5.
    pub fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Severity {
    type Error = Unfit;
    fn try_from(severity: u8) -> Result<Self, Unfit> {
        if !(1..=5).contains(&severity) {
            return Err(Unfit { expected: "a severity from 1 (the worst) to 5" });
        }
        Ok(Self(severity))
    }
}

impl From<Severity> for u8 {
    fn from(severity: Severity) -> u8 {
        severity.0
    }
}

/// `sha256:` and 64 lower-case hexadecimal digits. A short or upper-case digest is refused rather than compared in vain.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String", extend("pattern" = r"^sha256:[0-9a-f]{64}$"))]
pub struct Digest(String);

impl Digest {
    /// Writes the 32 bytes of a SHA-256 sum as a digest.
    pub fn from_sha256(sum: &[u8]) -> Self {
        use fmt::Write as _;
        let mut text = String::with_capacity(71);
        text.push_str("sha256:");
        for byte in sum {
            // Writing to a `String` cannot fail; the result is dropped for want of anything to do with it.
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }

    /// `sha256:<hex>`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first twelve hexadecimal digits, for people.
    pub fn short(&self) -> &str {
        self.0.get(7..19).unwrap_or(&self.0)
    }
}

impl TryFrom<String> for Digest {
    type Error = Unfit;
    fn try_from(text: String) -> Result<Self, Unfit> {
        let hex = text.strip_prefix("sha256:").unwrap_or("");
        let fits = hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if !fits {
            return Err(Unfit { expected: "`sha256:` and 64 lower-case hexadecimal digits" });
        }
        Ok(Self(text))
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> String {
        digest.0
    }
}
