import Testing

/// The program as its users have it: real processes, real sockets, real tools.
///
/// One test at a time: they measure, they fill the machine, and some count on quiet.
@Suite("The program", .serialized, .timeLimit(.minutes(2))) enum ProgramTests {}
