package view

import "testing"

func TestSentence(t *testing.T) {
	for note, want := range map[string]string{
		"10 of 365 customers":                    "10 of 365 customers.",
		"Prices as a share of what is usual.":    "Prices as a share of what is usual.",
		"365 个客户中的 10 个":                         "365 个客户中的 10 个。",
		"其余见 score.watchlist":                    "其余见 score.watchlist。",
		"Cut off (see the card.)":                "Cut off (see the card.)",
		"the rest is in score.watchlist (1,000)": "the rest is in score.watchlist (1,000).",
		"已满。":                                    "已满。",
		"":                                       "",
		"–":                                      "–",
	} {
		if got := Sentence(note); got != want {
			t.Errorf("%q: %q, want %q", note, got, want)
		}
	}
}
