//! What comes before what in a pipeline: deploys in layers, and what lies between two layers.
//!
//! Arithmetic on indices alone; what a stage means is the caller's.

use std::collections::{BTreeMap, BTreeSet};

use interlock_model::StageGate;

use super::super::draft::Placed;
use crate::payload::foreign::Seen;

/// Stages by index, each after those it needs.
pub(super) struct Graph {
    needs: Vec<BTreeSet<usize>>,
    /// Everything that comes before a stage.
    before: Vec<BTreeSet<usize>>,
    /// Deploys on the longest way to a stage, itself included.
    depth: Vec<usize>,
    order: Vec<usize>,
    deploys: BTreeSet<usize>,
}

impl Graph {
    /// `None`: a reference to nothing, two stages with one reference, or a circle.
    pub(super) fn of(stages: &[Seen<'_>], is_deploy: impl Fn(Seen<'_>) -> bool) -> Option<Self> {
        let mut by_ref = BTreeMap::new();
        for (index, stage) in stages.iter().enumerate() {
            if by_ref.insert(stage.get("refId")?.scalar()?, index).is_some() {
                return None;
            }
        }
        let needs = |stage: &Seen<'_>| {
            let named = stage.get("requisiteStageRefIds").into_iter().flat_map(Seen::items);
            named.map(|named| by_ref.get(named.scalar()?).copied()).collect::<Option<BTreeSet<usize>>>()
        };
        let needs: Vec<BTreeSet<usize>> = stages.iter().map(needs).collect::<Option<_>>()?;
        let deploys = (0..).zip(stages).filter(|(_, it)| is_deploy(**it)).map(|(index, _)| index).collect();
        Self::ordered(needs, deploys)
    }

    fn ordered(needs: Vec<BTreeSet<usize>>, deploys: BTreeSet<usize>) -> Option<Self> {
        let count = needs.len();
        let mut graph = Self {
            needs,
            before: vec![BTreeSet::new(); count],
            depth: vec![0; count],
            order: vec![],
            deploys,
        };
        let mut left: BTreeSet<usize> = (0..count).collect();
        while !left.is_empty() {
            let ready = left.iter().find(|index| graph.needs_of(**index).all(|need| !left.contains(&need)));
            let ready = *ready?;
            left.remove(&ready);
            graph.put(ready);
        }
        Some(graph)
    }

    fn needs_of(&self, index: usize) -> impl Iterator<Item = usize> {
        self.needs.get(index).into_iter().flatten().copied()
    }

    fn put(&mut self, index: usize) {
        let needs: Vec<usize> = self.needs_of(index).collect();
        let nearer = needs.iter().filter_map(|need| self.before.get(*need)).flatten().copied();
        let before: BTreeSet<usize> = nearer.chain(needs.iter().copied()).collect();
        let depth = needs.iter().filter_map(|need| self.depth.get(*need)).max().copied().unwrap_or(0);
        if let (Some(all), Some(deep)) = (self.before.get_mut(index), self.depth.get_mut(index)) {
            *all = before;
            *deep = depth + usize::from(self.deploys.contains(&index));
        }
        self.order.push(index);
    }

    /// Deploys that may run side by side, layer after layer.
    pub(super) fn layers(&self) -> Vec<Vec<usize>> {
        let mut layers: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for index in &self.deploys {
            layers.entry(self.depth.get(*index).copied().unwrap_or(0)).or_default().push(*index);
        }
        layers.into_values().collect()
    }

    fn is_before(&self, first: usize, second: usize) -> bool {
        self.before.get(second).is_some_and(|before| before.contains(&first))
    }

    /// The least time between a deploy of one layer and one of the next. Without a way between them there
    /// is none.
    pub(super) fn shortest_watch(
        &self,
        layer: &[usize],
        next: &[usize],
        waits: impl Fn(usize) -> Option<u32>,
    ) -> Option<u32> {
        let mut shortest = u32::MAX;
        for from in layer {
            let longest = self.longest_from(*from, &waits);
            for to in next {
                let between = if self.is_before(*from, *to) { *longest.get(to)? } else { Some(0) };
                shortest = shortest.min(between?);
            }
        }
        Some(shortest)
    }

    /// Seconds that pass, at least, between the end of one stage and the start of each stage after it. A
    /// stage waits for all it needs, so the longest way counts; one that is not known makes all behind it
    /// unknown.
    fn longest_from(
        &self,
        from: usize,
        waits: impl Fn(usize) -> Option<u32>,
    ) -> BTreeMap<usize, Option<u32>> {
        let mut longest: BTreeMap<usize, Option<u32>> = BTreeMap::from([(from, Some(0))]);
        for index in self.order.iter().copied().filter(|index| self.is_before(from, *index)) {
            let ways = self.needs_of(index).filter_map(|need| {
                let own = if need == from { Some(0) } else { waits(need) };
                longest.get(&need).map(|until| until.and_then(|until| until.checked_add(own?)))
            });
            // An unknown way may be short: it is left to the known ones, if there are any.
            let known = ways.flatten().max();
            longest.insert(index, known);
        }
        longest
    }

    /// A gate that lies behind a deploy of the layer and before every deploy of the next; the one that
    /// looks best.
    pub(super) fn gate(
        &self,
        layer: &[usize],
        next: &[usize],
        gate: impl Fn(usize) -> Option<Placed<StageGate>>,
    ) -> Option<Placed<StageGate>> {
        let between = self.order.iter().copied().filter(|index| {
            layer.iter().all(|from| self.is_before(*from, *index))
                && next.iter().all(|to| self.is_before(*index, *to))
        });
        between.filter_map(gate).max_by_key(|gate| gate.value.automatic)
    }
}
