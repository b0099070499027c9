package recommend

import (
	"verso/models/recommend"
)

// follow scores next volumes: 1 for a title whose predecessor in its series the
// customer bought within a year, or which was listed within a year; 0 for others.
type follow struct {
	next [][]int32 // of each title, the volumes after it that are listed
	late []bool    // titles listed within a year
}

// boughtLately is the least weight of a purchase of the last year, halved as it is
// every two years.
const boughtLately = .7

func (c *catalogue) fitFollow(day int32) *follow {
	m := &follow{next: make([][]int32, len(c.titles)), late: make([]bool, len(c.titles))}
	at := c.volumes()
	for i, no := range c.series {
		if no < 0 {
			continue
		}
		m.late[i] = c.listed[i] > day-365
		for _, n := range at[[2]int32{no, c.volume[i] + 1}] {
			if c.listed[n] <= day {
				m.next[i] = append(m.next[i], n)
			}
		}
	}
	return m
}

// volumes are the titles of each volume of each series.
func (c *catalogue) volumes() map[[2]int32][]int32 {
	at := map[[2]int32][]int32{}
	for i, no := range c.series {
		if no >= 0 {
			key := [2]int32{no, c.volume[i]}
			at[key] = append(at[key], int32(i))
		}
	}
	return at
}

// Name is "series".
func (m *follow) Name() string { return "series" }

// Scores marks the next volumes.
func (m *follow) Scores(h recommend.History, scores []float32) {
	clear(scores)
	for k, i := range h.Item {
		for _, n := range m.next[i] {
			if h.Weight[k] >= boughtLately || h.Weight[k] > 0 && m.late[n] {
				scores[n] = 1
			}
		}
	}
}

// Explain names the volume before.
func (m *follow) Explain(h recommend.History, item int) recommend.Explanation {
	var e recommend.Explanation
	for k, i := range h.Item {
		for _, n := range m.next[i] {
			if int(n) == item && e.Score == 0 && (h.Weight[k] >= boughtLately || h.Weight[k] > 0 && m.late[n]) {
				e = recommend.Explanation{Score: 1, Reasons: []recommend.Reason{{Part: "series", Item: i, Value: 1}}}
			}
		}
	}
	return e
}
