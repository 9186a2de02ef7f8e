// A SEC-DED code of 32 data bits and 7 check bits: its columns have weight 3 or 5, drawn at random.
module secded_39_32_encode (input logic [31:0] d, output logic [6:0] c);
  assign c[0] = ^(d & 32'h1b9c_dbe6);
  assign c[1] = ^(d & 32'h34f5_bc9e);
  assign c[2] = ^(d & 32'hbf26_b622);
  assign c[3] = ^(d & 32'h5fe4_e191);
  assign c[4] = ^(d & 32'h5a1b_3810);
  assign c[5] = ^(d & 32'ha837_03c9);
  assign c[6] = ^(d & 32'hc278_f4ed);
endmodule
