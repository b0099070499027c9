package market

import (
	"context"
	"fmt"

	"verso/etl/demo/dice"
	"verso/etl/demo/sheet"
)

// The numbers a shard gives out. Every shard has a range of its own, so that
// ids do not depend on the order of work.
const (
	IdCustomer = iota
	IdOrder
	IdLine
	IdReturn
	IdInvoice
	IdPayment
	IdTicket
	IdActivity
	IdQuote
	IdOpp
	IdSurvey
	IdContract
	IdMessage
	idCount
)

// counters number what one shard makes.
type counters struct {
	Shard int64
	Used  [idCount]int64
}

// Stride is the size of a shard's range of a number.
func Stride(kind int) int64 {
	switch kind {
	case IdCustomer:
		return 600
	case IdLine, IdActivity, IdMessage:
		return 100_000
	}
	return 50_000
}

// Next is the next number of a kind.
func (c *counters) Next(kind int) int64 {
	c.Used[kind]++
	return c.Shard*Stride(kind) + c.Used[kind]
}

// Check fails when a shard has outgrown a range, which the sizes of shards
// exclude but for a fault of this package.
func (c *counters) Check() error {
	for k, n := range c.Used {
		if n >= Stride(k) {
			return fmt.Errorf("demo: shard %d needs %d numbers of kind %d, its range holds %d", c.Shard, n, k, Stride(k))
		}
	}
	return nil
}

// Shard is the workplace of one part of the work: its sheets, its random
// source, its numbers.
type Shard struct {
	W       *World
	Ctx     context.Context
	D       *dice.Dice
	Ids     counters
	Sheets  [sheet.TableCount]*sheet.Sheet
	Alive   int64
	Net     int64
	Bigs    []BigCustomer
	LineNo  int // lines, events and dates written, for the dirty data
	EventNo int
	DateNo  int
	Odd     map[string]bool
}

// NewShard makes an empty workplace.
func NewShard(w *World) *Shard {
	s := &Shard{W: w, D: dice.New(0, 0), Odd: map[string]bool{}}
	return s
}

// Sheet is the shard's sheet of a table.
func (s *Shard) Sheet(id sheet.TableID) *sheet.Sheet {
	if s.Sheets[id] == nil {
		t := &s.W.Tables[id]
		s.Sheets[id] = sheet.New(t, s.W.days, s.W.O.Format == "parquet" && !t.Truth)
	}
	return s.Sheets[id]
}

// Reset empties the workplace for the next part, keeping its memory.
func (s *Shard) Reset() {
	for _, sh := range s.Sheets {
		if sh != nil {
			sh.Buf, sh.Rows, sh.Col = sh.Buf[:0], 0, 0
		}
	}
	s.Ids = counters{}
	s.Alive, s.Net, s.LineNo, s.EventNo, s.DateNo = 0, 0, 0, 0, 0
	clear(s.Odd)
	s.Bigs = s.Bigs[:0]
}

// BigCustomer is a customer with its net of the last full year.
type BigCustomer struct {
	ID    int64
	Net   int64
	Plant string
}
