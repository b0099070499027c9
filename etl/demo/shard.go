package demo

import (
	"context"
	"fmt"
)

// The numbers a shard gives out. Every shard has a range of its own, so that
// ids do not depend on the order of work.
const (
	idCustomer = iota
	idOrder
	idLine
	idReturn
	idInvoice
	idPayment
	idTicket
	idActivity
	idQuote
	idOpp
	idSurvey
	idContract
	idMessage
	idCount
)

// counters number what one shard makes.
type counters struct {
	shard int64
	used  [idCount]int64
}

// stride is the size of a shard's range of a number.
func stride(kind int) int64 {
	switch kind {
	case idCustomer:
		return 600
	case idLine, idActivity, idMessage:
		return 100_000
	}
	return 50_000
}

// next is the next number of a kind.
func (c *counters) next(kind int) int64 {
	c.used[kind]++
	return c.shard*stride(kind) + c.used[kind]
}

// check fails when a shard has outgrown a range, which the sizes of shards
// exclude but for a fault of this package.
func (c *counters) check() error {
	for k, n := range c.used {
		if n >= stride(k) {
			return fmt.Errorf("demo: shard %d needs %d numbers of kind %d, its range holds %d", c.shard, n, k, stride(k))
		}
	}
	return nil
}

// shard is the workplace of one part of the work: its sheets, its random
// source, its numbers.
type shard struct {
	w       *world
	ctx     context.Context
	d       *dice
	ids     counters
	sheets  [tableCount]*sheet
	alive   int64
	net     int64
	bigs    []bigCustomer
	lineNo  int // lines, events and dates written, for the dirty data
	eventNo int
	dateNo  int
	odd     map[string]bool
}

// newShard makes an empty workplace.
func newShard(w *world) *shard {
	s := &shard{w: w, d: newDice(0, 0), odd: map[string]bool{}}
	return s
}

// sheet is the shard's sheet of a table.
func (s *shard) sheet(id tableID) *sheet {
	if s.sheets[id] == nil {
		t := &s.w.tables[id]
		s.sheets[id] = newSheet(t, s.w.days, s.w.o.Format == "parquet" && !t.truth)
	}
	return s.sheets[id]
}

// reset empties the workplace for the next part, keeping its memory.
func (s *shard) reset() {
	for _, sh := range s.sheets {
		if sh != nil {
			sh.buf, sh.rows, sh.col = sh.buf[:0], 0, 0
		}
	}
	s.ids = counters{}
	s.alive, s.net, s.lineNo, s.eventNo, s.dateNo = 0, 0, 0, 0, 0
	clear(s.odd)
	s.bigs = s.bigs[:0]
}

// bigCustomer is a customer with its net of the last full year.
type bigCustomer struct {
	id    int64
	net   int64
	plant string
}
