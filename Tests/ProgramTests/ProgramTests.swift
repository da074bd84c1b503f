import TestSupport
import Testing

/// The program as its users have it: real processes, real sockets, real tools. They mostly wait.
@Suite("The program", .waiting) enum ProgramTests {}

/// Those of them that measure: time, rates, CPU, memory. One at a time, and beside nothing else.
@Suite("The program, measured", .measuring) enum MeasuredProgramTests {}
