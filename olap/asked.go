package olap

import (
	"time"

	"verso/olap/compile"
	"verso/olap/cube"
)

// Asked is a question that was asked, for a log of them.
type Asked struct {
	Query    cube.Query         `json:"query"`
	At       time.Time          `json:"at"`
	Took     time.Duration      `json:"took"` // to the last row
	Rollup   string             `json:"rollup,omitempty"`
	Held     bool               `json:"held,omitempty"`     // the rollup was added up in memory
	Rejected []compile.Rejected `json:"rejected,omitempty"` // rollups that could not answer, with the reason
	Failed   bool               `json:"failed,omitempty"`
}

func (o *Olap) now() time.Time {
	if o.clock == nil {
		return time.Time{}
	}
	return o.clock()
}

// tell reports a question to whoever keeps a log.
func (o *Olap) tell(c *compile.Compiled, held bool, began time.Time, err error) {
	if o.asked == nil {
		return
	}
	o.asked(Asked{Query: c.Query, At: began, Took: o.now().Sub(began), Rollup: c.Rollup, Held: held, Rejected: c.Rejected, Failed: err != nil})
}
